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

const scopeOf = {
  NATIVE: 'native',
  FRAMES: 'native',
  BULKDATA: 'native',
  RENDERED: 'rendered',
  THUMBNAIL: 'rendered',
  METADATA: 'metadata',
} as const satisfies Readonly<Record<string, Scope>>;

/** The scope that a representation needs, when a link to it is made as when it is opened. */
export const representationScope = (representation: keyof typeof scopeOf): Scope => scopeOf[representation];
