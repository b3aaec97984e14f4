/** One request that no client means well with. */
export interface HostileRequest {
  /** What is wrong with it. */
  readonly kind: string;
  readonly method: 'POST' | 'GET';
  /** Of a GET. */
  readonly search?: string;
  readonly contentType?: string;
  readonly body?: Buffer;
}

interface Random {
  /** A whole number, both ends inclusive. */
  between(low: number, high: number): number;
  pick<T>(values: readonly [T, ...T[]]): T;
}

/** Mulberry32: the same seed gives the same requests everywhere. */
function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return { between, pick: (values) => values[between(0, values.length - 1)] ?? values[0] };
}

const post = (kind: string, query: string, variables?: unknown): HostileRequest => ({
  kind,
  method: 'POST',
  contentType: 'application/json',
  body: Buffer.from(JSON.stringify({ query, variables })),
});
const bytes = (kind: string, body: Buffer, contentType = 'application/json'): HostileRequest => ({
  kind,
  method: 'POST',
  contentType,
  body,
});
const times = (count: number, make: (index: number) => string, separator = ' '): string =>
  Array.from({ length: count }, (_, index) => make(index)).join(separator);

const studies = (inner: string, page = 10): string => `{ searchStudies(first: ${page}) { nodes { ${inner} } } }`;
const tree = (inner: string, page = 1000): string =>
  studies(`series(first: 10000) { nodes { instances(first: 10000) { nodes { ${inner} } } } }`, page);
const upAndDown = (depth: number): string =>
  depth === 0 ? 'id' : `study { series { nodes { instances { nodes { ${upAndDown(depth - 1)} } } } } }`;

/** Each makes one of its kind, as bad as chance has it. All of them are to be refused. */
const makers: readonly ((random: Random) => HostileRequest)[] = [
  ({ between }) => {
    const depth = between(70, 12_000);
    return post('braces without end', `${'{a'.repeat(depth)}${'}'.repeat(depth)}`);
  },
  ({ between }) => post('braces that are not closed', '{a'.repeat(between(100, 30_000))),
  ({ between, pick }) => {
    const depth = between(70, 12_000);
    const [open, close] = pick([
      ['[', ']'],
      ['{a:', '}'],
    ]);
    return post('a value in itself', `{ nodes(ids: ${open.repeat(depth)}1${close.repeat(depth)}) { id } }`);
  },
  ({ between }) => post('a type in itself', `query($v: ${'['.repeat(between(70, 9_000))}Int) { viewer { subject } }`),
  ({ between }) =>
    post('deep, as the schema allows it', `{ searchInstances { nodes { ${upAndDown(between(5, 7))} } } }`),
  ({ between }) => post('up and down', `{ searchInstances { nodes { ${upAndDown(between(3, 4))} } } }`),
  ({ between }) => post('many tokens', `{ viewer { ${'subject '.repeat(between(10_000, 11_500))} } }`),
  ({ between }) => post('many fields', `{ viewer { ${'subject '.repeat(between(2_001, 9_000))} } }`),
  ({ between }) => post('many aliases', studies(times(between(501, 1_900), (n) => `a${n}: studyDate`))),
  ({ between }) =>
    post('aliases of trees', `{ ${times(between(20, 60), (n) => `a${n}: ${tree('id rows').slice(1, -1)}`)} }`),
  ({ between }) => post('trees of many fields', tree(times(between(50, 400), (n) => `a${n}: rows`))),
  ({ between }) => {
    const depth = between(12, 60);
    const bomb = times(
      depth,
      (n) => `fragment F${n} on Study { a${n}: id ...F${n + 1} b${n}: patient { studies { nodes { ...F${n + 1} } } } }`,
    );
    return post('a bomb of fragments', `${studies('...F0')} ${bomb} fragment F${depth} on Study { id }`);
  },
  ({ between }) => {
    const length = between(1, 150);
    const ring = times(length, (n) => `fragment F${n} on Study { id ...F${(n + 1) % length} }`);
    return post('fragments in a ring', `${studies('...F0')} ${ring}`);
  },
  ({ between }) => {
    const count = between(201, 900);
    const all = times(count, (n) => `fragment F${n} on Viewer { a: subject }`);
    return post('many fragments', `{ viewer { ${times(count, (n) => `...F${n}`)} } } ${all}`);
  },
  ({ between }) => {
    const count = between(201, 700);
    return post(
      'a chain of fragments',
      `{ viewer { ...F0 } } ${times(count, (n) => `fragment F${n} on Viewer { subject ...F${n + 1} }`)} fragment F${count} on Viewer { subject }`,
    );
  },
  ({ between }) =>
    post(
      'many operations',
      times(between(51, 900), (n) => `query Q${n} { viewer { subject } }`),
    ),
  ({ between, pick }) =>
    post(
      'directives again and again',
      `{ viewer { subject ${pick(['@include(if: true) ', '@skip(if: false) ', '@no '] as const).repeat(between(2, 2_500))} } }`,
    ),
  ({ between }) => {
    const half = (path: string, count: number): string =>
      times(count, (n) => `a${n}:\nattribute(path: "${path}") { tag }`, '\n');
    const count = between(20, 240);
    return post(
      'fields that conflict',
      `{ s: study(studyInstanceUID: "1") { ${half('A', count)} } s: study(studyInstanceUID: "1") { ${half('B', count)} } }`,
    );
  },
  ({ between }) => {
    const lines = '\n'.repeat(between(1_000, 45_000));
    return post('lines and lines', `${lines}{ viewer { ${times(between(2, 300), (n) => `x${n}`)} } }`);
  },
  ({ between }) => post('comments', `${times(between(10, 4_000), (n) => `# ${n} "{`, '\n')}\n{ viewer { nothing } }`),
  ({ between }) =>
    post(
      'names that are none, but nearly',
      `{ searchInstances { nodes { ${times(between(1, 1_900), (n) => `referencedInstanceX${n}`)} } } }`,
    ),
  ({ between }) => post('a name without end', `{ viewer { ${'x'.repeat(between(1_000, 95_000))} } }`),
  ({ between }) =>
    post('a text without end', `{ study(studyInstanceUID: "${'1'.repeat(between(65, 95_000))}") { id } }`),
  ({ between }) =>
    post('a block of text', `{ study(studyInstanceUID: """${'\n  a'.repeat(between(10, 15_000))}""") { id } }`),
  ({ pick }) =>
    post(
      'escapes of no character',
      `{ node(id: "${pick(['\\u{110000}', '\\uD800', '\\u{D800}', '\\uDC00\\uD800', '\\u12', '\\x41', '\\u{FFFFFFFFFFFF}', '\\u{}', '\\'] as const)}") { id } }`,
    ),
  ({ pick }) =>
    post(
      'characters that no document has',
      `{ viewer ${pick(['\u0000', '\u0007', '\ud83d\ude00', '\u202e', 'é', '`', ';'] as const)} { subject } }`,
    ),
  ({ between, pick }) =>
    post(
      'numbers beyond all bounds',
      `{ searchStudies(first: ${pick(['', '-'] as const)}${'9'.repeat(between(10, 5_000))}) { nodes { id } } }`,
    ),
  ({ pick }) =>
    post(
      'numbers that are none',
      `{ searchStudies(first: ${pick(['1e400', '0x10', '01', '1.', '.5', '--1', 'NaN', 'Infinity', '1_000', '2147483648'] as const)}) { nodes { id } } }`,
    ),
  ({ between }) =>
    post('a page beyond the largest', 'query($n: Int) { searchStudies(first: $n) { nodes { id } } }', {
      n: between(1_001, 2 ** 31 - 1),
    }),
  ({ between }) =>
    post('a page before the first', 'query($n: Int) { searchStudies(first: $n) { nodes { id } } }', {
      n: -between(1, 2 ** 31 - 1),
    }),
  ({ between }) => {
    const depth = between(4, 9);
    return post(
      'the schema in the schema',
      `{ __schema { types { ${'fields { type { '.repeat(depth)} name ${'} } '.repeat(depth)} } } }`,
    );
  },
  ({ between }) => {
    const depth = between(27, 40);
    return post(
      'types of types',
      `{ __schema { types { fields { type { ${'ofType { '.repeat(depth)} name ${'}'.repeat(depth)} } } } } }`,
    );
  },
  ({ between }) => post('ids without end', `{ nodes(ids: [${times(between(101, 4_500), () => '"a"')}]) { id } }`),
  ({ between }) =>
    post('ids without end, in a variable', 'query($i: [ID!]!) { nodes(ids: $i) { id } }', {
      i: Array.from({ length: between(101, 15_000) }, (_, n) => `${n}`),
    }),
  ({ between }) =>
    post('a list of UIDs without end', 'query($f: StudyFilter) { searchStudies(filter: $f) { nodes { id } } }', {
      f: { studyInstanceUIDs: Array.from({ length: between(401, 9_000) }, (_, n) => `1.${n}`) },
    }),
  ({ between }) => {
    const depth = between(17, 40_000);
    return bytes(
      'variables in each other',
      Buffer.from(
        `{"query":"query($i: [ID!]!) { nodes(ids: $i) { id } }","variables":{"i":${'['.repeat(depth)}1${']'.repeat(depth)}}}`,
      ),
    );
  },
  ({ between }) =>
    post('variables of no number', 'query($i: [ID!]!) { nodes(ids: $i) { id } }', {
      i: Array.from({ length: between(20_001, 30_000) }, () => 1),
    }),
  ({ between }) =>
    post('variables that nobody declared', 'query($f: StudyFilter) { searchStudies(filter: $f) { nodes { id } } }', {
      f: Object.fromEntries(Array.from({ length: between(1, 4_000) }, (_, n) => [`x${n}`, n])),
    }),
  ({ between }) =>
    post(
      'variables that nobody uses',
      `query(${times(between(1, 2_400), (n) => `$v${n}: Int`)}) { viewer { subject } }`,
    ),
  ({ between }) =>
    post(
      'input fields that are none',
      `{ searchStudies(filter: { ${times(between(1, 2_400), (n) => `a${n}: 1`)} }) { nodes { id } } }`,
    ),
  ({ pick }) =>
    post(
      'names of JavaScript',
      `{ viewer { ${pick(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__defineGetter__'] as const)} } }`,
    ),
  ({ pick }) =>
    bytes(
      'keys of JavaScript',
      Buffer.from(
        `{"query":"query($f: StudyFilter) { searchStudies(filter: $f) { nodes { id } } }","variables":{"f":{"${pick(['__proto__', 'constructor', 'prototype'] as const)}":{"a":1}}}}`,
      ),
    ),
  ({ pick }) =>
    post(
      'definitions of a schema',
      `${pick(['type', 'input', 'scalar', 'directive @a on', 'extend type'] as const)} Query { a: Int } { viewer { subject } }`,
    ),
  ({ pick }) =>
    post(
      'no operation of this schema',
      pick(['subscription { a }', 'fragment F on Viewer { subject }', '', ' ', '{}', '{ }', '#', 'query'] as const),
    ),
  ({ between, pick }) => {
    const body = Buffer.from(JSON.stringify({ query: `{ viewer { subject } } # ${'x'.repeat(between(2, 2_000))}` }));
    body[body.length - 4] = pick([0xff, 0xc0, 0xfe, 0x80] as const);
    return bytes('bytes that are no UTF-8', body);
  },
  ({ between }) =>
    bytes(
      'a body beyond the largest',
      Buffer.from(JSON.stringify({ query: `{ viewer { subject } } # ${'x'.repeat(between(100_000, 400_000))}` })),
    ),
  ({ between }) =>
    bytes(
      'JSON that ends too soon',
      Buffer.from(`{"query":"{ viewer { subject } }","variables":${'{"a":'.repeat(between(1, 15_000))}`),
    ),
  ({ between }) =>
    bytes(
      'a batch',
      Buffer.from(
        JSON.stringify(Array.from({ length: between(1, 1_500) }, () => ({ query: '{ viewer { subject } }' }))),
      ),
    ),
  ({ pick }) =>
    bytes(
      'another kind of body',
      Buffer.from('query={viewer{subject}}'),
      pick([
        'application/x-www-form-urlencoded',
        'text/plain',
        'multipart/form-data; boundary=b',
        'application/graphql',
        'application/octet-stream',
      ] as const),
    ),
  ({ between }) => ({
    kind: 'a query string of much',
    method: 'GET',
    search: `?query=${'{a'.repeat(between(100, 4_000))}`,
  }),
  () => ({
    kind: 'a mutation by GET',
    method: 'GET',
    search: `?query=${encodeURIComponent('mutation { revokeLinks(input: { study: "1.2" }) { epoch } }')}`,
  }),
];

/** As many requests, of all kinds in turn. */
export function hostileRequests(count: number, seed: number): readonly HostileRequest[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const make = makers[index % makers.length];
    if (make === undefined) throw new Error('There are no makers');
    return make(random);
  });
}

/** Whether an answer refuses: a status that says so, or errors and no data. */
export async function isRefusal(response: Response): Promise<boolean> {
  const text = await response.text();
  if (response.status >= 400 && response.status < 500) return true;
  if (response.status !== 200) return false;
  const { data, errors } = JSON.parse(text) as { data?: Record<string, unknown> | null; errors?: readonly unknown[] };
  const isEmpty = data === undefined || data === null || Object.values(data).every((value) => value === null);
  return isEmpty && errors !== undefined && errors.length > 0;
}

/** Sends a hostile request as it is. */
export const sendHostile = (
  url: string,
  { method, search = '', contentType, body }: HostileRequest,
): Promise<Response> =>
  fetch(`${url}/graphql${search}`, {
    method,
    ...(contentType === undefined ? {} : { headers: { 'content-type': contentType } }),
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  });
