/**
 * What is asked of an origin, in the words of PS3.18 §10. Stands in errors, logs and explain where a URL must not: a QIDO
 * query can hold a patient's name.
 */
export type Transaction =
  | 'search studies'
  | 'search series'
  | 'search instances'
  | 'count studies'
  | 'retrieve metadata'
  | 'retrieve study'
  | 'retrieve series'
  | 'retrieve instance'
  | 'retrieve frames'
  | 'retrieve rendered'
  | 'retrieve thumbnail'
  | 'retrieve bulk data'
  | 'store instances';
