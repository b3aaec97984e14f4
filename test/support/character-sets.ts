import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CorpusFile, corpusPath, storable } from './corpus.ts';

/** A file in one character set, and what pydicom reads in it: test/graphql/known-character-sets.py. */
export interface KnownTexts {
  readonly name: string;
  readonly characterSet: string;
  readonly sopInstanceUID: string;
  readonly studyInstanceUID: string;
  /** By attribute path. */
  readonly texts: Readonly<Record<string, readonly string[]>>;
  readonly bytes: Buffer;
}

const answers: Readonly<Record<string, Omit<KnownTexts, 'name' | 'bytes'> & { readonly file: string }>> = JSON.parse(
  readFileSync(join(import.meta.dirname, '../graphql/known-character-sets.json'), 'utf8'),
);

export const knownTexts: readonly KnownTexts[] = Object.entries(answers).map(([name, { file, ...known }]) => ({
  ...known,
  name,
  bytes: Buffer.from(file, 'base64'),
}));

/** The files of the corpus themselves: their script is in the patient's name. */
export const charsetFiles: readonly CorpusFile[] = storable.filter(({ file }) => file.startsWith('charset/'));
export const bytesOf = (file: CorpusFile): Buffer => readFileSync(corpusPath(file));

const paths = Object.keys(knownTexts[0]?.texts ?? {});

/** Every path of an instance as text: one field an attribute, by its index. */
export const textsQuery = `query($uid: UID!, $study: UID!) { instance(sopInstanceUID: $uid, studyInstanceUID: $study) {
  study { studyDescription patient { patientName { raw formatted } } }
  attributes(paths: ${JSON.stringify(paths)}) {
    ... on TextAttribute { texts: values }
    ... on PersonNameAttribute { names: values { raw } }
  } } }`;

interface AttributeOfAnswer {
  readonly texts?: readonly string[];
  readonly names?: readonly { readonly raw: string }[];
}

/** The answer's attributes as known-character-sets.json has them. */
export const textsOf = (
  attributes: readonly (AttributeOfAnswer | null)[],
): Record<string, readonly string[] | undefined> =>
  Object.fromEntries(
    paths.map((path, i) => [path, attributes[i]?.texts ?? attributes[i]?.names?.map(({ raw }) => raw)]),
  );
