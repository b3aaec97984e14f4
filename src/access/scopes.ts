/** What a principal may be allowed to do, besides asking who it is. */
export const scopes = [
  'search',
  'metadata',
  'rendered',
  'native',
  'store',
  'statistics',
  'patient-data',
  'admin',
] as const;

export type Scope = (typeof scopes)[number];
