import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/config/package-root.ts';
import { phantomCatalogue } from '../../src/phantom/catalogue.ts';
import * as operations from '../generated/graphql.ts';
import { startTestFacade, type TestFacade } from '../support/facade.ts';

const studies = Object.values(phantomCatalogue);
const { ctChest, mrBrain, usHeart } = phantomCatalogue;

const instancesOf = ({ series }: (typeof studies)[number]): number =>
  Object.values(series).reduce((sum, { instanceCount }) => sum + instanceCount, 0);

const isoDate = (da: string): string => `${da.slice(0, 4)}-${da.slice(4, 6)}-${da.slice(6, 8)}`;

/** Where an answer has a list without anything in it, or nothing at a root field. */
function emptyPlaces(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) {
    return value.length === 0 ? [path] : value.flatMap((item, i) => emptyPlaces(item, `${path}[${i}]`));
  }
  if (typeof value !== 'object' || value === null) return value === null && !path.includes('.') ? [path] : [];
  return Object.entries(value).flatMap(([key, inner]) => emptyPlaces(inner, path === '' ? key : `${path}.${key}`));
}

const documents = Object.entries(operations).flatMap(([name, document]) =>
  document instanceof operations.TypedDocumentString
    ? [[name.replace(/Document$/, ''), document as operations.TypedDocumentString<unknown, object>] as const]
    : [],
);

describe('the example operations on the demo', () => {
  let demo: TestFacade;
  beforeAll(async () => {
    demo = await startTestFacade({ cache: { maxBytes: 0 } });
  });
  afterAll(async () => {
    expect(demo.faults).toEqual([]);
    await demo.close();
  });

  test('are those that the tests know by their types', async () => {
    const files = await readdir(join(packageRoot, 'schema', 'operations'));
    const kebab = documents.map(([name]) => name.replace(/\B[A-Z]/g, '-$&').toLowerCase());
    expect(kebab.sort()).toEqual(files.map((file) => file.replace(/^\d+-|\.graphql$/g, '')).sort());
  });

  test.each(documents)('%s runs as it stands, and no list that it asks for is empty', async (_name, document) => {
    const { data, errors, extensions } = await demo.query(document);
    expect({ errors, warnings: extensions?.['warnings'] }).toEqual({});
    expect(emptyPlaces(data)).toEqual([]);
  });

  test('the list has every study, newest first, each with a preview, for one request', async () => {
    const { searchStudies } = await demo.data(operations.StudyListDocument);
    const dates = studies.map(({ studyDate }) => isoDate(studyDate));
    expect(searchStudies?.nodes.map(({ studyDate }) => studyDate)).toEqual(dates.sort().reverse());
    expect(searchStudies?.nodes.map(({ numberOfStudyRelatedInstances: n }) => n)).toEqual(
      searchStudies?.nodes.map(({ studyInstanceUID: uid }) => {
        const study = studies.find(({ studyInstanceUID }) => studyInstanceUID === uid);
        return study && instancesOf(study);
      }),
    );
    expect(searchStudies?.nodes.every(({ retrieve }) => retrieve.thumbnail !== null)).toBe(true);
    expect(demo.requests).toHaveLength(1);
  });

  test('the tree has every instance, with as many frames as the catalogue says, for two requests', async () => {
    const { searchStudies } = await demo.data(operations.StudyTreeDocument);
    const found = (searchStudies?.nodes ?? [])
      .flatMap(({ series }) => series?.nodes ?? [])
      .flatMap(({ instances }) => instances?.nodes ?? [])
      .map(({ sopInstanceUID, retrieve }) => [sopInstanceUID, retrieve.frameCount]);
    const expected = studies
      .flatMap(({ series }) => Object.values(series))
      .flatMap(({ sopInstanceUIDs, frameCount }) => sopInstanceUIDs.map((uid) => [uid, frameCount]));
    expect(found.sort()).toEqual(expected.sort());
    expect(demo.requests).toHaveLength(2);
  });

  test('the worklist obeys the filter that a person changes', async () => {
    const { searchStudies } = await demo.data(operations.WorklistDocument, {
      filter: { modalitiesInStudy: ['US'], patientName: { contains: 'نور' } },
    });
    expect(searchStudies).toMatchObject({
      totalCount: 1,
      nodes: [{ accessionNumber: usHeart.accessionNumber, patient: { patientID: usHeart.patient.patientID } }],
    });
  });

  test('attributes and names are those of the catalogue', async () => {
    const { searchInstances } = await demo.data(operations.AnyAttributeDocument);
    const [instance] = searchInstances?.nodes ?? [];
    expect(instance).toMatchObject({ __typename: 'CTImage', sopClass: { name: 'CT Image Storage' } });
    expect(instance?.attributes?.map((attribute) => attribute?.keyword)).toContain('PixelSpacing');
    const names = await demo.data(operations.PersonNamesDocument, { filter: { patientName: { contains: '花子' } } });
    const [name] = names.searchStudies?.nodes ?? [];
    expect(name?.patient.patientName).toMatchObject({
      raw: mrBrain.patient.patientName,
      ideographic: { familyName: '幽霊', givenName: '花子' },
      phonetic: { familyName: 'ゆうれい', givenName: 'はなこ' },
    });
  });

  test('statistics count what the catalogue has', async () => {
    const { studyStatistics } = await demo.data(operations.StatisticsDocument);
    const total = studies.reduce((sum, study) => sum + instancesOf(study), 0);
    expect(studyStatistics).toMatchObject({ studies: studies.length, instances: total, exactness: 'EXACT' });
    const reports = studies.filter(({ series }) => Object.values(series).some(({ modality }) => modality === 'SR'));
    expect(studyStatistics?.byModality?.find(({ key }) => key === 'SR')?.studies).toBe(reports.length);
    expect(reports).toContain(ctChest);
  });
});
