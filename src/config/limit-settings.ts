import { onOff, path, type Setting, wholeNumber } from './setting.ts';

/** Bounds of a GraphQL document, held before it is validated. In the section `limits`. */
export const documentLimitSettings = {
  maxTokens: limit(100, 100_000, 10_000, 'Most tokens of a GraphQL document.'),
  maxDepth: limit(5, 60, 30, 'How deep fields may be nested, fragments spread.'),
  maxFields: limit(10, 10_000, 2_000, 'Most fields that one operation may select, fragments spread.'),
  maxAliases: limit(0, 10_000, 500, 'Most aliases in a GraphQL document.'),
  maxDirectives: limit(0, 10_000, 200, 'Most directives in a GraphQL document.'),
};

/** How slowly a client may send an upload. In the section `limits`. */
export const uploadPaceSettings = {
  minUploadBytesPerSecond: limit(
    0,
    1_000_000_000,
    1_000,
    'Least bytes a second at which a client has to send an upload; 0: it may take its time.',
  ),
  minUploadWindowSeconds: limit(
    1,
    3_600,
    60,
    'How long a client may fall behind that before it is cut off, in seconds.',
  ),
};

/** How often one principal may do what. */
export const rateLimitSettings = {
  searchPerMinute: rate(600, 'GraphQL operations a minute; those of a cost of 10,000 and more count for several.'),
  renderedPerMinute: rate(6_000, 'Rendered images and thumbnails a minute.'),
  nativePerMinute: rate(12_000, 'Objects, frames, values and metadata a minute.'),
  storePerMinute: rate(60, 'Uploads a minute.'),
};

/** What may be asked at all. */
export const documentSettings = {
  introspection: onOff({
    group: 'Listening',
    help: 'Let GraphQL clients ask for the schema, which GraphiQL needs.',
    default: { demo: true, serve: false },
  }),
  trustedDocuments: path({
    group: 'Listening',
    placeholder: 'PATH',
    help: 'GraphQL documents that clients may name by their SHA-256: a JSON file of hash to document, or a folder of .graphql files.',
    default: undefined,
  }),
  onlyTrustedDocuments: onOff({
    group: 'Listening',
    help: 'Refuse every other document.',
    default: false,
  }),
};

function limit(min: number, max: number, value: number, help: string): Setting<number> {
  return wholeNumber({ group: 'Limits', min, max, help, default: value, rare: true });
}

function rate(serve: number, what: string): Setting<number> {
  return wholeNumber({
    group: 'Limits',
    min: 0,
    max: 10_000_000,
    help: `For each principal, most ${what} 0: no limit.`,
    default: { demo: 0, serve },
    rare: true,
  });
}
