import type { JsonDataSet, JsonElement } from '../../src/dicom/data-set.ts';
import { entryOfKeyword } from '../../src/dicom/dictionary.ts';

type Level = 'study' | 'series' | 'instance';

/** What archives do otherwise with searches; without any of these PS3.18 §8.3.4 and §10.6 are followed. */
export interface SearchSwitches {
  /** Keys that are matched, by the level searched; others are refused (400), or ignored, which finds everything. */
  readonly keys?: Readonly<Record<Level, readonly string[]>> & { readonly others: 'refused' | 'ignored' };
  /** A list of UIDs is taken for one UID, or refused. */
  readonly lists?: 'literal' | 'refused';
  readonly noWildcards?: boolean;
  readonly noRanges?: boolean;
  readonly caseSensitive?: boolean;
  /** Values of the query are taken as they stand, without decoding. */
  readonly rawValues?: boolean;
  readonly empty?: 200 | 204;
  readonly ignoresLimit?: boolean;
  readonly maxLimit?: { readonly rows: number; readonly above: 'cut' | 'refused' };
  readonly ignoresOffset?: boolean;
  /** Each page but the first begins with the last row of the one before. */
  readonly repeatsRows?: boolean;
  readonly ignoresOrder?: boolean;
  readonly noCounts?: boolean;
  /** /studies/count tells how many studies match (dcm4chee-arc). */
  readonly studyCount?: boolean;
  readonly ignoresIncludeField?: boolean;
  /** The answer without includefield has less than PS3.18 demands. */
  readonly fewDefaults?: boolean;
  /** Search resources that there are not. */
  readonly missing?: readonly ('series' | 'instances' | 'studies/instances')[];
}

const counted = ['00080061', '00201206', '00201208', '00201209'];
const keyOf: Readonly<Record<Level, string>> = { study: '0020000D', series: '0020000E', instance: '00080018' };
const defaults: Readonly<Record<Level, readonly string[]>> = {
  study:
    '00080020 00080030 00080050 00080061 00080090 00100010 00100020 00100030 00100040 0020000D 00200010 00201206 00201208'.split(
      ' ',
    ),
  series: '00080060 0020000E 00200011 00201209 0008103E'.split(' '),
  instance: '00080016 00080018 00200013 00280010 00280011 00280100 00280008'.split(' '),
};
const caseBlind = new Set(['PN', 'LO', 'LT', 'SH', 'ST', 'UC', 'UT']);
const parameters = new Set(['includefield', 'limit', 'offset', 'orderby', 'fuzzymatching']);

export interface FoundRows {
  readonly status: number;
  /** null: an answer without a body. */
  readonly rows: readonly JsonDataSet[] | null;
}

/** @param load - All rows below the path, with all that is known of them. */
export async function answerSearch(
  switches: SearchSwitches,
  path: string,
  query: string,
  load: () => Promise<readonly JsonDataSet[]>,
): Promise<FoundRows> {
  const [, , study, , series] = path.split('/');
  const level: Level = path.endsWith('studies') ? 'study' : path.endsWith('series') ? 'series' : 'instance';
  const resource = level === 'series' ? 'series' : 'instances';
  const isMissing = study
    ? level === 'instance' && !series && switches.missing?.includes('studies/instances')
    : level !== 'study' && switches.missing?.includes(resource);
  if (isMissing) return { status: 404, rows: null };

  const given = readQuery(query, switches.rawValues === true);
  const included = new Set(
    given.filter(([name]) => name === 'includefield').flatMap(([, value]) => value.split(',').map(tagOf)),
  );
  let rows = await load();
  for (const [key, value] of given) {
    if (parameters.has(key)) continue;
    const how = switches.keys && !switches.keys[level].includes(key) ? switches.keys.others : 'matched';
    const isRefusedList = switches.lists === 'refused' && /^[0-9.]+,/.test(value);
    if (how === 'refused' || isRefusedList) return { status: 400, rows: null };
    if (how === 'matched') rows = rows.filter((row) => matches(row, key, value, switches));
    included.add(tagOf(key.split('.')[0] ?? ''));
  }
  rows = order(rows, switches, given.find(([name]) => name === 'orderby')?.[1]);
  const numberOf = (name: string): number | null => {
    const text = given.find(([found]) => found === name)?.[1];
    return text === undefined ? null : Number(text);
  };
  const limit = numberOf('limit');
  const { maxLimit } = switches;
  if (maxLimit?.above === 'refused' && limit !== null && limit > maxLimit.rows) return { status: 400, rows: null };
  const offset = switches.ignoresOffset ? 0 : (numberOf('offset') ?? 0);
  const start = switches.repeatsRows && offset > 0 ? offset - 1 : offset;
  const size = Math.min(
    switches.ignoresLimit ? Number.POSITIVE_INFINITY : (limit ?? Number.POSITIVE_INFINITY),
    maxLimit?.rows ?? Number.POSITIVE_INFINITY,
  );
  const page = rows.slice(start, start + size);
  if (page.length === 0) return { status: switches.empty ?? 204, rows: switches.empty === 200 ? [] : null };
  const levels: Level[] = level === 'study' ? ['study'] : level === 'series' ? ['series'] : ['instance'];
  if (!study && level !== 'study') levels.push('study');
  if (!series && level === 'instance') levels.push('series');
  return { status: 200, rows: page.map((row) => project(row, levels, included, switches)) };
}

function readQuery(query: string, isRaw: boolean): [string, string][] {
  if (query === '') return [];
  return query.split('&').map((parameter) => {
    const [name = '', ...value] = parameter.split('=');
    return [name, isRaw ? value.join('=') : decodeURIComponent(value.join('='))];
  });
}

const tagOf = (name: string): string => entryOfKeyword(name)?.tag ?? name;

function matches(row: JsonDataSet, key: string, value: string, switches: SearchSwitches): boolean {
  const [first = '', ...below] = key.split('.');
  const element = row[tagOf(first)];
  if (below.length > 0) {
    const items = (element?.Value ?? []) as readonly JsonDataSet[];
    return items.some((item) => matches(item, below.join('.'), value, switches));
  }
  const vr = entryOfKeyword(first)?.vr[0] ?? '';
  return textsOf(element).some((text) => matchesValue(text, value, vr, switches));
}

function matchesValue(text: string, value: string, vr: string, switches: SearchSwitches): boolean {
  if (vr === 'UI') return (switches.lists === 'literal' ? [value] : value.split(',')).includes(text);
  if (vr === 'DA' && value.includes('-') && !switches.noRanges) {
    const [from = '', to = ''] = value.split('-');
    return text !== '' && (from === '' || text >= from) && (to === '' || text <= to);
  }
  const fold = (raw: string): string => (caseBlind.has(vr) && !switches.caseSensitive ? raw.toLowerCase() : raw);
  if (switches.noWildcards) return fold(text) === fold(value);
  const pattern = Array.from(fold(value), (c) =>
    c === '*' ? '.*' : c === '?' ? '.' : c.replace(/[\\^$.+()[\]{}|]/u, '\\$&'),
  );
  return new RegExp(`^${pattern.join('')}$`, 'su').test(fold(text));
}

function textsOf(element: JsonElement | undefined): string[] {
  return (element?.Value ?? []).flatMap((value) => {
    if (typeof value === 'object' && value !== null) return Object.values(value).map(String);
    return value === null ? [] : [String(value)];
  });
}

function order(
  rows: readonly JsonDataSet[],
  { ignoresOrder }: SearchSwitches,
  by: string | undefined,
): readonly JsonDataSet[] {
  if (by === undefined || ignoresOrder) return rows;
  const sign = by.startsWith('-') ? -1 : 1;
  const keyOf = (row: JsonDataSet): string => textsOf(row[tagOf(by.replace(/^-/, ''))])[0] ?? '';
  return [...rows].sort((a, b) => {
    if (keyOf(a) === keyOf(b)) return 0;
    if (keyOf(a) === '' || keyOf(b) === '') return keyOf(a) === '' ? 1 : -1;
    return keyOf(a) < keyOf(b) ? -sign : sign;
  });
}

function project(
  row: JsonDataSet,
  levels: readonly Level[],
  included: ReadonlySet<string>,
  { noCounts, ignoresIncludeField, fewDefaults }: SearchSwitches,
): JsonDataSet {
  const returned = new Set(levels.flatMap((level) => [keyOf[level], ...(fewDefaults ? [] : defaults[level])]));
  const isReturned = (tag: string): boolean =>
    returned.has(tag) || (!ignoresIncludeField && (included.has(tag) || included.has('all')));
  return Object.fromEntries(
    Object.entries(row).filter(([tag]) => isReturned(tag) && !(noCounts && counted.includes(tag))),
  );
}
