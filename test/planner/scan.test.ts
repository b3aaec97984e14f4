import { describe, expect, test } from 'vitest';
import { dicomFile } from '../support/archive.ts';
import { startGraphql } from '../support/graphql.ts';
import { json, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

/** A study with a series for each of its modalities. */
const study = (uid: string, ...modalities: string[]): Buffer[] =>
  modalities.map((Modality, s) =>
    dicomFile({
      StudyInstanceUID: uid,
      SeriesInstanceUID: `${uid}.${s}`,
      SOPInstanceUID: `${uid}.${s}.1`,
      PatientID: uid,
      Modality,
    }),
  );

const query =
  'query($filter: StudyFilter, $first: Int) { searchStudies(filter: $filter, first: $first) { totalCount nodes { studyInstanceUID } pageInfo { hasNextPage } } }';

const uidsOf = (nodes: readonly { studyInstanceUID: string }[]): string[] => nodes.map((node) => node.studyInstanceUID);

describe('a search for any of several values', () => {
  test('finds what is behind rows that the search for another value has brought', async () => {
    const both = Array.from({ length: 6 }, (_, n) => study(`1.${n}`, 'CT', 'SR')).flat();
    const reports = Array.from({ length: 6 }, (_, n) => study(`2.${n}`, 'SR')).flat();
    await using graphql = await startGraphql({ archive: { files: [...both, ...reports] } });
    // Of the reports, asked for after the six of both kinds, the first few are those six again.
    const { data } = await graphql.query(query, { filter: { modalitiesInStudy: ['CT', 'SR'] }, first: 8 });
    expect(uidsOf(data.searchStudies.nodes)).toEqual([...Array.from({ length: 6 }, (_, n) => `1.${n}`), '2.0', '2.1']);
    expect(data.searchStudies).toMatchObject({ totalCount: null, pageInfo: { hasNextPage: true } });
    const whole = await graphql.query(query, { filter: { modalitiesInStudy: ['CT', 'SR'] }, first: 20 });
    expect(whole.data.searchStudies).toMatchObject({ totalCount: 12, pageInfo: { hasNextPage: false } });
  });
});

describe('an origin that gives two rows with one UID', () => {
  test('is found by the second, where the filter is met by that alone', async () => {
    const row = (patient: string): object => ({
      '0020000D': { vr: 'UI', Value: ['1.1'] },
      '00100020': { vr: 'LO', Value: [patient] },
    });
    await using origin = await startQuirkyOrigin((socket) => reply(socket, json([row('A'), row('B')])));
    await using graphql = await startGraphql({ capabilities: {}, urls: { quirky: origin.url } });
    for (const patient of ['A', 'B']) {
      const { data } = await graphql.query(query, { filter: { patientID: { equals: patient } } });
      expect(data.searchStudies).toMatchObject({ totalCount: 1, nodes: [{ studyInstanceUID: '1.1' }] });
    }
  });
});

describe('an origin that repeats a page', () => {
  test('gives no total and no next page, which would be the same again', async () => {
    const rows = Array.from({ length: 3 }, (_, n) => ({
      '0020000D': { vr: 'UI', Value: [`1.${n}`] },
      '00100020': { vr: 'LO', Value: ['A'] },
    }));
    await using origin = await startQuirkyOrigin((socket) =>
      reply(socket, {
        ...json(rows),
        headers: { 'content-type': 'application/dicom+json', warning: '299 origin: There are 7 additional results' },
      }),
    );
    await using graphql = await startGraphql({ capabilities: {}, urls: { quirky: origin.url } });
    const { data } = await graphql.query(query, { first: 5 });
    expect(uidsOf(data.searchStudies.nodes)).toEqual(['1.0', '1.1', '1.2']);
    expect(data.searchStudies).toMatchObject({ totalCount: null, pageInfo: { hasNextPage: false } });
    expect(origin.requests).toHaveLength(2);
  });
});
