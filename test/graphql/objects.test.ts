import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { corpusPath, describeCorpus, storable } from '../support/corpus.ts';
import { startGraphql, type TestGraphql } from '../support/graphql.ts';
import { lineOf, typedContent } from './content-lines.ts';

interface KnownObject {
  readonly uid: string;
  readonly lines?: readonly string[];
  readonly digest?: string;
  readonly contentItemCount?: number;
  readonly [field: string]: unknown;
}

/** What pydicom reads: known-objects.py. */
const known: Readonly<Record<string, KnownObject>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'known-objects.json'), 'utf8'),
);
const ofFolder = (folder: string) => Object.entries(known).filter(([file]) => file.startsWith(folder));
const reports = ofFolder('sr/');

const code = '{ value scheme meaning }';
const query = `query($uid: UID!) { instance(sopInstanceUID: $uid) {
  ... on Segmentation { segmentationType fractionalType maximumFractionalValue contentLabel segments {
    number label description algorithmType algorithmName category ${code} type ${code} anatomicRegion ${code}
    trackingID trackingUID displayColor { hex red green blue } frameNumbers } }
  ... on StructuredReport { title ${code} completion verification preliminary contentItemCount measurements {
    name ${code} value unit ${code} derivation ${code} method ${code} findingSite ${code} trackingID trackingUID
    group { finding ${code} } } }
  ... on SlideImage { totalPixelMatrixColumns totalPixelMatrixRows
    tiles { columns rows across down count organizationType }
    opticalPaths { identifier description illuminationType ${code} } }
  ... on RTStructureSet { structureSetLabel structureSetDate
    rois { number name generationAlgorithm color { hex } contourCount interpretedType } }
  ... on RTDose { doseUnits doseType doseSummationType doseGridScaling gridFrameOffsets }
  ... on RTPlan { planLabel planDate fractionGroups { number numberOfFractionsPlanned numberOfBeams }
    beams { number name type radiationType treatmentMachineName numberOfControlPoints } }
  ... on PresentationState { contentLabel contentDescription presentationCreationDate
    voiLuts { voiLut { luts { lutExplanation } } }
    referencedInstances { sopInstanceUID seriesInstanceUID } }
  ... on EncapsulatedDocument { mediaType documentTitle: title }
  ... on Waveform { waveforms { label numberOfChannels numberOfSamples samplingFrequency
    channels { label source ${code} sensitivity sensitivityUnits ${code} } } }
} }`;

const contentQuery = `query($uid: UID!, $first: Int, $after: String) { instance(sopInstanceUID: $uid) {
  ... on StructuredReport { content(first: $first, after: $after) ${typedContent} } } }`;

let graphql: TestGraphql;

describeCorpus('specialised objects', () => {
  beforeAll(async () => {
    graphql = await startGraphql({ archive: { files: storable.map((file) => readFileSync(corpusPath(file))) } });
  });
  afterAll(() => graphql[Symbol.asyncDispose]());

  const ask = async (text: string, variables: Readonly<Record<string, unknown>>) => {
    const { data, errors } = await graphql.query(text, variables);
    expect(errors).toBeUndefined();
    return data.instance;
  };

  test.each(Object.entries(known))('%s says what pydicom reads in it', async (_file, expected) => {
    const { uid, lines: _, digest: __, ...fields } = expected;
    expect(await ask(query, { uid })).toEqual(fields);
  });

  test.each(reports)('%s: every content item has its place, name and value, in tree order', async (_file, expected) => {
    const { uid, lines: first = [], digest, contentItemCount = 0 } = expected;
    const { content } = await ask(contentQuery, { uid, first: 10_000 });
    const lines = content.map(lineOf);
    expect(lines.slice(0, 40)).toEqual(first);
    expect(lines).toHaveLength(contentItemCount);
    expect(createHash('sha256').update(lines.join('\n')).digest('hex')).toBe(digest);
  });

  test('pages of content go on after a path, and end', async () => {
    const { uid, contentItemCount = 0 } = known['sr/tid1500-headneck.dcm'] ?? {};
    const paths: string[] = [];
    for (let after: string | null = null; ; ) {
      const { content } = await ask(contentQuery, { uid, first: 100, after });
      paths.push(...content.map(({ path }: { path: string }) => path));
      if (content.length < 100) break;
      after = paths.at(-1) ?? null;
    }
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths).toHaveLength(contentItemCount);
  });

  test('a path that the report does not have, and a page beyond the bound, are refused', async () => {
    const { uid } = known['sr/basic-text.dcm'] ?? {};
    for (const [argument, variables] of [
      ['after', { after: '1.99' }],
      ['first', { first: 10_001 }],
    ] as const) {
      const { errors } = await graphql.query(contentQuery, { uid, ...variables });
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument });
    }
  });

  test('the measurements of a report lead to the segment that they were made on', async () => {
    const { uid } = known['sr/tid1500-headneck.dcm'] ?? {};
    const { measurements } = await ask(
      `query($uid: UID!) { instance(sopInstanceUID: $uid) { ... on StructuredReport { measurements { item { path }
        references { segmentNumbers instance { __typename sopInstanceUID ... on Segmentation { segments { label } } } } } } } }`,
      { uid },
    );
    const segmentation = measurements[0].references.find(
      ({ instance }: { instance: { __typename: string } | null }) => instance?.__typename === 'Segmentation',
    );
    expect(segmentation).toEqual({
      segmentNumbers: [1],
      instance: {
        __typename: 'Segmentation',
        sopInstanceUID: known['seg/headneck-tumor.dcm']?.uid,
        segments: [{ label: 'Neoplasm, Primary' }],
      },
    });
  });

  test('the levels of a slide are the images of its series, by size', async () => {
    const [one, other] = ['sm/pyramid-layer1-jpeg.dcm', 'sm/pyramid-layer9-jpeg.dcm'].map((file) => known[file]?.uid);
    const { levels } = await ask(
      `query($uid: UID!) { instance(sopInstanceUID: $uid) { ... on SlideImage { levels {
        totalPixelMatrixColumns totalPixelMatrixRows downsampling instances { sopInstanceUID } } } } }`,
      { uid: one },
    );
    expect(levels).toMatchObject([{ totalPixelMatrixColumns: 512, totalPixelMatrixRows: 512, downsampling: 1 }]);
    const uids = levels[0].instances.map(({ sopInstanceUID }: { sopInstanceUID: string }) => sopInstanceUID);
    expect(uids.sort()).toEqual([one, other].sort());
  });

  test('all sequences of a list of segmentations cost one request a series at most', async () => {
    const { data } = await graphql.query(
      '{ searchInstances(series: { modality: ["SEG"] }, first: 100) { nodes { ... on Segmentation { segments { label frameNumbers } } } } }',
    );
    expect(data.searchInstances.nodes).toHaveLength(ofFolder('seg/').length);
    const metadata = graphql.requests.filter((request) => request.includes('/metadata'));
    expect(metadata.length).toBeLessThanOrEqual(ofFolder('seg/').length);
  });
});
