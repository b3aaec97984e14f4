import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { corpusPath, describeCorpus, storable } from '../support/corpus.ts';
import { startGraphql, type TestGraphql } from '../support/graphql.ts';

interface KnownReference {
  readonly sopInstanceUID: string;
  readonly seriesInstanceUID: string | null;
  readonly studyInstanceUID: string | null;
  readonly purposes: readonly string[];
}

/** What pydicom reads: known-references.py. */
const known = JSON.parse(readFileSync(join(import.meta.dirname, 'known-references.json'), 'utf8')) as Readonly<
  Record<string, { sopInstanceUID: string; count: number; first: readonly KnownReference[] }>
>;

interface Reference extends Omit<KnownReference, 'purposes'> {
  readonly purposes: readonly { readonly value: string }[];
  readonly instance: { readonly sopInstanceUID: string } | null;
  readonly series: { readonly seriesInstanceUID: string } | null;
}

const query = `query($uid: UID!) { instance(sopInstanceUID: $uid) { __typename referencedInstances(first: 10000) {
  sopInstanceUID seriesInstanceUID studyInstanceUID purposes { value }
  instance { sopInstanceUID } series { seriesInstanceUID } } } }`;

const inCorpus = new Map(storable.map((file) => [file.sopInstanceUID, file]));

describeCorpus('what instances refer to', () => {
  let graphql: TestGraphql;
  beforeAll(async () => {
    graphql = await startGraphql({ archive: { files: storable.map((file) => readFileSync(corpusPath(file))) } });
  });
  afterAll(() => graphql[Symbol.asyncDispose]());

  async function referencesOf(uid: string): Promise<{ type: string; references: readonly Reference[] }> {
    const { data, errors } = await graphql.query(query, { uid });
    expect(errors).toBeUndefined();
    return { type: data.instance.__typename, references: data.instance.referencedInstances };
  }

  test.each(Object.entries(known))('%s: the UIDs, series and purposes that pydicom reads', async (_file, expected) => {
    const { type, references } = await referencesOf(expected.sopInstanceUID);
    const sorted = references.toSorted((a, b) => (a.sopInstanceUID < b.sopInstanceUID ? -1 : 1));
    expect(sorted).toHaveLength(expected.count);
    const read = sorted.slice(0, 20).map(({ instance: _, series: __, purposes, ...reference }) => ({
      ...reference,
      // A report says why by the names of its content items: those are not purposes of reference.
      purposes: type === 'StructuredReport' ? [] : purposes.map(({ value }) => value).sort(),
    }));
    expect(read).toEqual(
      expected.first.map((reference) => (type === 'StructuredReport' ? { ...reference, purposes: [] } : reference)),
    );
  });

  test('lead to the instances and series that the origin has, and to null for the others', async () => {
    let [there, missing] = [0, 0];
    for (const { sopInstanceUID } of Object.values(known)) {
      for (const reference of (await referencesOf(sopInstanceUID)).references) {
        const file = inCorpus.get(reference.sopInstanceUID);
        expect(reference.instance?.sopInstanceUID).toBe(file?.sopInstanceUID ?? undefined);
        if (file) expect(reference.series?.seriesInstanceUID).toBe(file.seriesInstanceUID);
        if (file) there++;
        else missing++;
      }
    }
    expect(there).toBeGreaterThan(10);
    expect(missing).toBeGreaterThan(10);
  });

  test('of a segmentation are looked up together: one request for all its source images, one for their series', async () => {
    const seg = known['seg/archibald-binary.dcm'];
    const { references } = await referencesOf(seg?.sopInstanceUID ?? '');
    expect(references.every(({ instance }) => instance !== null)).toBe(true);
    expect(graphql.requests).toHaveLength(4);
  });

  test('of a frame of a segmentation are its own source images, with their series', async () => {
    const { data, errors } = await graphql.query(
      `query($uid: UID!) { instance(sopInstanceUID: $uid) { ... on ImageInstance { multiFrame { frames {
         number referencedInstances { sopInstanceUID seriesInstanceUID purposes { value scheme meaning version } } } } } } }`,
      { uid: known['seg/liver.dcm']?.sopInstanceUID },
    );
    expect(errors).toBeUndefined();
    const [first, second] = data.instance.multiFrame.frames;
    expect(first.referencedInstances).toEqual([
      {
        sopInstanceUID: '1.2.392.200103.20080913.113635.2.2009.6.22.21.43.10.23433.1',
        seriesInstanceUID: known['seg/liver.dcm']?.first[0]?.seriesInstanceUID,
        purposes: [
          {
            value: '121322',
            scheme: 'DCM',
            meaning: 'Source image for image processing operation',
            version: null,
          },
        ],
      },
    ]);
    expect(second.referencedInstances).not.toEqual(first.referencedInstances);
  });
});
