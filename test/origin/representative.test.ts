import { describe, expect, test } from 'vitest';
import { parseUid } from '../../src/dicom/uid.ts';
import type { ConfiguredCapabilities } from '../../src/origin/capabilities/capabilities.ts';
import { findRepresentative } from '../../src/origin/representative.ts';
import { createTestOrigin, rejectionOf } from '../support/origin-client.ts';
import { json, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const study = parseUid('1.2');
const storage = '1.2.840.10008.5.1.4.1.1';
const jpegXl = '1.2.840.10008.1.2.4.110';

interface Row {
  readonly series: number;
  readonly seriesNumber?: number;
  readonly instance: number;
  readonly number?: number;
  readonly sopClass?: string;
  readonly rows?: number;
  readonly syntax?: string;
  readonly modality?: string;
}

const rowOf = ({ series, seriesNumber, instance, number, sopClass = `${storage}.2`, rows = 9, ...more }: Row) => ({
  '00080016': { vr: 'UI', Value: [sopClass] },
  '00080018': { vr: 'UI', Value: [`1.2.${series}.${instance}`] },
  '0020000E': { vr: 'UI', Value: [`1.2.${series}`] },
  ...(seriesNumber === undefined ? {} : { '00200011': { vr: 'IS', Value: [seriesNumber] } }),
  ...(number === undefined ? {} : { '00200013': { vr: 'IS', Value: [number] } }),
  ...(rows === 0 ? {} : { '00280010': { vr: 'US', Value: [rows] }, '00280011': { vr: 'US', Value: [rows] } }),
  ...(more.syntax === undefined ? {} : { '00083002': { vr: 'UI', Value: [more.syntax] } }),
  ...(more.modality === undefined ? {} : { '00080060': { vr: 'CS', Value: [more.modality] } }),
});

/** What stands for the study, and what was asked to find it. */
async function findIn(rows: readonly Row[], capabilities: ConfiguredCapabilities = {}) {
  await using archive = await startQuirkyOrigin((socket, { target }) => {
    const path = target.split('?')[0] ?? '';
    const within = /\/series\/([0-9.]+)\/instances$/.exec(path)?.[1];
    if (path.endsWith('/series')) {
      return reply(socket, json([...new Map(rows.map((row) => [row.series, rowOf(row)])).values()]));
    }
    reply(socket, json(rows.filter(({ series }) => within === undefined || within === `1.2.${series}`).map(rowOf)));
  });
  await using origin = createTestOrigin(archive.url, { capabilities });
  const found = await findRepresentative(origin, { study }).catch((error: unknown) => error);
  const asked = archive.requests.map(({ target }) => target.replace(/^\/dicom-web\/studies\/1\.2/, '').split('?')[0]);
  return { found, asked };
}

const report = { sopClass: `${storage}.88.33`, rows: 0, modality: 'SR' };

describe('what stands for a study is', () => {
  test.each<readonly [string, readonly Row[], string]>([
    [
      'the middle by Instance Number, whatever the order of the rows',
      [5, 1, 3, 2, 4].map((number) => ({ series: 1, instance: 10 - number, number })),
      '1.2.1.7',
    ],
    ['its only image', [{ series: 1, instance: 1 }], '1.2.1.1'],
    [
      'of its first series by number that has images',
      [
        { series: 1, seriesNumber: 1, instance: 1, ...report },
        { series: 2, seriesNumber: 7, instance: 1 },
        { series: 3, seriesNumber: 3, instance: 1 },
        { series: 4, instance: 1 },
      ],
      '1.2.3.1',
    ],
    [
      'an original before a segmentation of it',
      [
        { series: 1, seriesNumber: 1, instance: 1, sopClass: `${storage}.66.4` },
        { series: 2, seriesNumber: 2, instance: 1 },
      ],
      '1.2.2.1',
    ],
    [
      'what can be decoded before what cannot',
      [
        { series: 1, seriesNumber: 1, instance: 1, syntax: jpegXl },
        { series: 2, seriesNumber: 2, instance: 1 },
      ],
      '1.2.2.1',
    ],
    ['what cannot, where there is nothing else', [{ series: 1, instance: 1, syntax: jpegXl }], '1.2.1.1'],
    [
      'what is known to have pixels before what may have them',
      [
        { series: 1, seriesNumber: 1, instance: 1, rows: 0 },
        { series: 2, seriesNumber: 2, instance: 1 },
      ],
      '1.2.2.1',
    ],
  ])('%s: one search', async (_, rows, expected) => {
    const { found, asked } = await findIn(rows);
    expect(found).toMatchObject({ study, instance: expected });
    expect(asked).toEqual(['/instances']);
  });

  test('looked for series by series where the instances of a study cannot be searched, those without images last', async () => {
    const rows = [
      { series: 1, seriesNumber: 1, instance: 1, ...report },
      { series: 2, seriesNumber: 2, instance: 1 },
    ];
    const { found, asked } = await findIn(rows, { studyInstanceSearch: false });
    expect(found).toMatchObject({ instance: '1.2.2.1' });
    expect(asked).toEqual(['/series', '/series/1.2.2/instances']);
  });

  test('not looked for in more than four series', async () => {
    const rows = Array.from({ length: 9 }, (_, series) => ({ series, instance: 1, ...report }));
    const { found, asked } = await findIn(rows, { studyInstanceSearch: false });
    expect(found).toMatchObject({ code: 'REPRESENTATION_UNAVAILABLE' });
    expect(asked).toHaveLength(5);
  });

  test('asked for within the limit of the origin', async () => {
    await using archive = await startQuirkyOrigin((socket) => reply(socket, json([])));
    await using origin = createTestOrigin(archive.url, { capabilities: { maxSearchLimit: 200 } });
    expect(await rejectionOf(findRepresentative(origin, { study }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(archive.requests[0]?.target).toMatch(/[?&]limit=200(?:&|$)/);
  });

  test('nothing where there are reports alone', async () => {
    const { found } = await findIn([{ series: 1, instance: 1, ...report }]);
    expect(found).toMatchObject({ code: 'REPRESENTATION_UNAVAILABLE' });
  });
});
