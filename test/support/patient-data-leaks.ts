import { dictionaryEntries } from '../../src/dicom/dictionary.ts';
import { sopClassTable } from '../../src/dicom/sop-class-table.ts';
import { basicProfile } from './basic-profile.ts';

type Json = Readonly<Record<string, { readonly vr: string; readonly Value?: readonly unknown[] }>>;

/** What of an archive's objects may not be told, in every way that an answer may spell it. */
export interface Secrets {
  /** How many. */
  readonly size: number;
  /** Whether a text or number of an answer holds one. */
  isTold(value: string | number): boolean;
}

interface Texts {
  readonly names: Set<string>;
  readonly others: Set<string>;
  readonly told: Set<string>;
}

/** Names, moments and UIDs, wherever in a data set. */
const identifyingVrs = new Set(['PN', 'DA', 'DT', 'TM', 'UI']);
/** Its items are kept by the profile, with other UIDs (action U*): Referenced and Source Image Sequence. */
const keptSequences = new Set(['00081140', '00082112']);
const isPrivate = (tag: string): boolean => Number.parseInt(tag.slice(3, 4), 16) % 2 === 1;

function collect(dataSet: Json, texts: Texts, isWithin = false): void {
  for (const [tag, { vr, Value = [] }] of Object.entries(dataSet)) {
    const isSecret = isWithin || identifyingVrs.has(vr) || basicProfile.has(tag) || isPrivate(tag);
    for (const value of Value) {
      if (vr === 'SQ') collect(Object(value) as Json, texts, isWithin || (isSecret && !keptSequences.has(tag)));
      else if (vr === 'PN') for (const group of Object.values(Object(value))) texts.names.add(String(group));
      else if (value !== null) (isSecret ? texts.others : texts.told).add(String(value));
    }
  }
}

/** Reads the metadata of every study that an archive has, from the archive itself. */
export async function secretsOf(archiveUrl: string): Promise<Secrets> {
  const texts: Texts = { names: new Set(), others: new Set(), told: new Set() };
  const studies = (await (await fetch(`${archiveUrl}/studies`)).json()) as readonly Json[];
  for (const study of studies) {
    const response = await fetch(`${archiveUrl}/studies/${study['0020000D']?.Value?.[0]}/metadata`);
    for (const dataSet of (await response.json()) as readonly Json[]) collect(dataSet, texts);
  }
  return createSecrets(texts);
}

/** Words of the standard, and of what is withheld: some objects have them for names and descriptions. */
const saidToAll: readonly string[] = [
  'This needs the scope "patient-data"',
  ...dictionaryEntries().flatMap(({ name, keyword }) => [name, keyword]),
  ...sopClassTable.map(([, name]) => name),
];

/** Shorter ones, and numbers of fewer digits, stand in answers by chance. */
const minCharacters = 5;
const minDigits = 4;
/** From here on a secret is looked for inside of other texts as well. */
const minInside = 8;

function createSecrets({ names, others, told }: Texts): Secrets {
  const everythingTold = [...told, ...saidToAll].join('\n');
  const wordsTold = new Set(wordsOf(everythingTold));
  const isTelling = (text: string): boolean =>
    text.length >= (/^(?:\d{3}[DWMY]|[\d.]+)$/.test(text) ? minDigits : minCharacters) &&
    !text.startsWith('1.2.840.10008.') &&
    !told.has(text) &&
    !/^[0:.]+$/.test(text);

  const whole = new Set([...names, ...others].filter(isTelling).flatMap(spellings));
  const words = new Set(
    [...names]
      .flatMap(wordsOf)
      .filter((word) => word.length >= (/^[\x20-\x7e]*$/.test(word) ? 3 : 2) && !wordsTold.has(word)),
  );
  const inside = new Map<string, string[]>();
  for (const text of whole) {
    if (text.length < minInside || everythingTold.includes(text)) continue;
    const beginning = text.slice(0, minInside);
    inside.set(beginning, [...(inside.get(beginning) ?? []), text]);
  }
  const holdsOne = (text: string): boolean => {
    for (let start = 0; start + minInside <= text.length; start++) {
      const found = inside.get(text.slice(start, start + minInside));
      if (found?.some((secret) => text.startsWith(secret, start))) return true;
    }
    return false;
  };
  return {
    size: whole.size + words.size,
    isTold(value) {
      const text = String(value);
      return (
        whole.has(text) ||
        (typeof value === 'string' && (holdsOne(text) || wordsOf(text).some((one) => words.has(one))))
      );
    },
  };
}

/** Components of a name are words of their own, however it is put together. */
const wordsOf = (text: string): readonly string[] => text.split(/[^\p{L}\p{N}\p{M}]+/u).filter(Boolean);

/** As it stands in a data set; dates and times also as ISO 8601 writes them, with what they are precise to. */
function spellings(text: string): readonly string[] {
  const [, day = '', time = '', fraction = '', offset = ''] =
    /^(\d{8})?(\d{6}|\d{4})?(\.\d{1,6})?([+-]\d{4})?$/.exec(text) ?? [];
  const isoDay = day.replace(/(\d{4})(\d\d)(\d\d)/, '$1-$2-$3');
  const isoTime = time && (time.match(/\d\d/g) ?? []).join(':') + fraction;
  if (day && time) return [text, `${isoDay}T${isoTime}`, `${isoDay}T${isoTime}${offset.replace(/(\d\d)$/, ':$1')}`];
  return [text, isoDay, isoTime].filter(Boolean);
}

/** Values that an answer gives, and where. */
export function* valuesOf(value: unknown, path: string): Generator<readonly [string, string | number]> {
  if (typeof value === 'string' || typeof value === 'number') yield [path, value];
  else if (Array.isArray(value)) for (const one of value) yield* valuesOf(one, path);
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value))
      if (name !== '__typename') yield* valuesOf(inner, `${path}.${name}`);
}
