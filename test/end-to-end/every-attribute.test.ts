import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type CorpusFile, corpus, describeCorpus } from '../support/corpus.ts';
import { sha256 } from '../support/corpus-frames.ts';
import { bodyOf, folderOf, forEachOf, startTestFacade, type TestFacade } from '../support/facade.ts';

/** Path, VR, digest of the value: as known-attributes.py says. */
type KnownAttribute = readonly [path: string, vr: string, digest: string];

const known: Readonly<Record<string, readonly KnownAttribute[]>> = JSON.parse(
  gunzipSync(readFileSync(join(import.meta.dirname, 'known-attributes.json.gz'))).toString(),
);

interface AttributeOfAnswer {
  readonly vr: string;
  readonly isEmpty: boolean;
  readonly texts?: readonly (string | null)[];
  readonly numbers?: readonly (number | null)[];
  readonly raw?: readonly (string | null)[];
  readonly names?: readonly ({ readonly raw: string } | null)[];
  readonly items?: readonly { readonly __typename: string }[];
  readonly bulkData?: { readonly url: string } | null;
}

interface Answer {
  readonly instance: { readonly attributes: readonly (AttributeOfAnswer | null)[] };
}

const query = `query($uid: UID!, $study: UID!, $paths: [String!]!) {
  instance(sopInstanceUID: $uid, studyInstanceUID: $study) {
    attributes(paths: $paths) {
      vr isEmpty
      ... on TextAttribute { texts: values }
      ... on NumberAttribute { numbers: values raw }
      ... on PersonNameAttribute { names: values { raw } }
      ... on SequenceAttribute { items { __typename } }
      ... on BinaryAttribute { bulkData { url } }
    }
  } }`;

/** Files that no query can name: they lack what a resource of PS3.18 §10.1 is addressed by. */
const withoutAddress: Readonly<Record<string, string>> = {
  'codecs/htj2k-lossless-rgb.dcm': 'no Study, Series and SOP Instance UID',
  'malformed/od-single-word.dcm': 'no Study, Series and SOP Instance UID',
  'media/DICOMDIR': 'a directory of a medium, in no study',
  'nonpatient/palette-hotiron.dcm': 'a colour palette, in no study',
};

/** Attributes that differ in every file that has them, and why. */
const readOtherwise: Readonly<Record<string, string>> = {
  DataSetTrailingPadding: 'fills a file up to a length, and means nothing (PS3.10 §7.2): no part of the object',
  FloatPixelData: 'pixels are frames and native objects, whose digests are the manifest’s (corpus.test.ts)',
  ModalitiesInStudy: 'counted over the study, whatever a file says of the others (PS3.4 §C.3.4)',
  PixelData: 'as FloatPixelData',
};

/** Attributes that differ in one file, and why. */
const different: Readonly<Record<string, string>> = {
  'seg/partial-overlaps.dcm ClinicalTrialTimePointID':
    'the same in all of a study (PS3.3 §C.7.2.3), which tells it; the files of this study contradict each other',
};

const trimmed = (text: string, vr: string): string => {
  const unpadded = text.replace(/[ \0]+$/, '');
  return ['LT', 'ST', 'UC', 'UT'].includes(vr) ? unpadded : unpadded.replace(/^ +/, '');
};

function hexOfDouble(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value + 0);
  return Number.isNaN(value) ? 'nan' : bytes.toString('hex');
}

/** The value as known-attributes.py writes it. */
async function valueText(attribute: AttributeOfAnswer): Promise<string> {
  const { vr, isEmpty, texts, numbers, raw, names, items, bulkData } = attribute;
  if (isEmpty) return 'e';
  if (items) return `s${items.length}`;
  if (texts) return `t${texts.map((text) => trimmed(text ?? '', vr)).join('\\')}`;
  if (names) return `p${names.map((name) => name?.raw ?? '').join('\\')}`;
  if (numbers && raw) {
    if (numbers.some((value, index) => value !== null && value !== Number(raw[index]))) return 'other numbers than raw';
    if (vr === 'FL' || vr === 'FD') return `f${raw.map((text) => hexOfDouble(Number(text))).join('\\')}`;
    return `n${raw.map((text) => trimmed(text ?? '', vr)).join('\\')}`;
  }
  return bulkData ? `b${sha256(await bodyOf(bulkData.url))}` : 'no link';
}

/** In portions that a request may have: 200 paths, and 100,000 bytes with everything else. */
function portionsOf(attributes: readonly KnownAttribute[]): KnownAttribute[][] {
  const portions: KnownAttribute[][] = [[]];
  let bytes = 0;
  for (const attribute of attributes) {
    bytes += Buffer.byteLength(attribute[0]) + 3;
    if (bytes > 80_000 || portions.at(-1)?.length === 200) {
      portions.push([]);
      bytes = Buffer.byteLength(attribute[0]) + 3;
    }
    portions.at(-1)?.push(attribute);
  }
  return portions;
}

/** Files of one SOP Instance UID cannot stand in one folder: each round has one of them. */
function roundsOf(files: readonly CorpusFile[]): CorpusFile[][] {
  const rounds: CorpusFile[][] = [];
  for (const file of files) {
    const free = rounds.find((round) => round.every(({ sopInstanceUID }) => sopInstanceUID !== file.sopInstanceUID));
    if (free) free.push(file);
    else rounds.push([file]);
  }
  return rounds;
}

describeCorpus('every attribute that pydicom reads in the valid files of the corpus', () => {
  const valid = corpus.filter((file) => file.valid);
  const addressed = valid.filter(({ storable }) => storable);

  test('the known answers are of these files, and those without an address are named', () => {
    expect(Object.keys(known).sort()).toEqual(valid.map(({ file }) => file).sort());
    expect(Object.keys(withoutAddress).sort()).toEqual(
      valid
        .filter(({ storable }) => !storable)
        .map(({ file }) => file)
        .sort(),
    );
  });

  test('is read through GraphQL with the same value: private and nested ones, and binaries by their links', async () => {
    const differences: string[] = [];
    const otherwise = new Set<string>();
    let total = 0;
    const compare = async (facade: TestFacade, file: CorpusFile): Promise<void> => {
      for (const portion of portionsOf(known[file.file] ?? [])) {
        const { instance } = await facade.data<Answer>(query, {
          uid: file.sopInstanceUID,
          study: file.studyInstanceUID,
          paths: portion.map(([path]) => path),
        });
        for (const [index, [path, vr, digest]] of portion.entries()) {
          total++;
          const attribute = instance.attributes[index];
          const text = attribute?.vr === vr ? await valueText(attribute) : 'absent, or of another VR';
          if (sha256(Buffer.from(text)).startsWith(digest)) continue;
          if (readOtherwise[path] === undefined) differences.push(`${file.file} ${path}`);
          else otherwise.add(path);
        }
      }
    };
    for (const round of roundsOf(addressed)) {
      const folder = await folderOf(round);
      await using facade = await startTestFacade({ folder });
      await forEachOf(round, (file) => compare(facade, file));
      await rm(folder, { recursive: true });
    }
    expect(differences.sort()).toEqual(Object.keys(different).sort());
    expect([...otherwise].sort()).toEqual(Object.keys(readOtherwise).sort());
    expect(total).toBe(39_928);
  }, 120_000);
});
