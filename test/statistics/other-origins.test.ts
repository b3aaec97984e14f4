import { describe, expect, test } from 'vitest';
import { startGraphql } from '../support/graphql.ts';
import { json, type QuirkyRequest, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const study = (n: number): Record<string, unknown> => ({
  '00080020': { vr: 'DA', Value: [`202401${String((n % 28) + 1).padStart(2, '0')}`] },
  '00080061': { vr: 'CS', Value: [n % 2 === 0 ? 'CT' : 'MR'] },
  '00100020': { vr: 'LO', Value: [`P-${n}`] },
  '0020000D': { vr: 'UI', Value: [`1.${n}`] },
  '00201206': { vr: 'IS', Value: [2] },
  '00201208': { vr: 'IS', Value: ['20'] },
});
const studies = (from: number, to: number): Record<string, unknown>[] =>
  Array.from({ length: to - from }, (_, index) => study(from + index));
const without = (row: Record<string, unknown>, ...tags: string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).filter(([tag]) => !tags.includes(tag)));

const numberOf = (name: string, { target }: QuirkyRequest): number =>
  Number(new URLSearchParams(target.split('?')[1]).get(name) ?? 0);

/** What statistics make of an origin that answers so, and the requests that it had. */
async function statisticsOf(
  rows: (request: QuirkyRequest) => unknown[],
  selection: string,
  headers: Readonly<Record<string, string>> = {},
) {
  await using origin = await startQuirkyOrigin((socket, request) => {
    const answer = json(rows(request));
    reply(socket, { ...answer, headers: { ...answer.headers, ...headers } });
  });
  await using graphql = await startGraphql({ capabilities: {}, urls: { quirky: origin.url } });
  const answer = await graphql.query(`{ ${selection} }`);
  return { ...answer, requests: origin.requests.map(({ target }) => target) };
}

const totals = 'studyStatistics { studies series instances exactness scanned }';

describe('statistics ask for the attributes that the selection needs', () => {
  test.each([
    ['studies exactness scanned asOf', ['StudyInstanceUID']],
    ['studies series', ['NumberOfStudyRelatedSeries', 'StudyInstanceUID']],
    ['byModality { key studies }', ['ModalitiesInStudy', 'StudyInstanceUID']],
    ['byModality { key instances }', ['ModalitiesInStudy', 'NumberOfStudyRelatedInstances', 'StudyInstanceUID']],
    ['byStudyDate(interval: DAY) { key }', ['StudyDate', 'StudyInstanceUID']],
    ['byStudyDate(interval: DAY) @skip(if: true) { key } studies', ['StudyInstanceUID']],
  ])('%s', async (selection, expected) => {
    const { requests } = await statisticsOf(() => studies(0, 2), `studyStatistics { ${selection} }`);
    const included = requests.map((target) => new URLSearchParams(target.split('?')[1]).get('includefield'));
    expect(included.map((fields) => fields?.split(',').sort())).toEqual([expected]);
  });

  test('and for those of the filter, so that every row can be checked', async () => {
    const { requests } = await statisticsOf(
      () => [],
      'studyStatistics(filter: { studyDescription: { equals: "x" } }) { studies }',
    );
    expect(requests).toEqual([expect.stringContaining('StudyDescription=x')]);
    expect(requests).toEqual([expect.stringMatching(/includefield=[^&]*StudyDescription/)]);
  });
});

describe('an origin that breaks the rules', () => {
  test('and ignores the filter does not change the counts', async () => {
    const { data } = await statisticsOf(
      () => studies(0, 10),
      'studyStatistics(filter: { modalitiesInStudy: ["CT"] }) { studies instances exactness scanned }',
    );
    expect(data.studyStatistics).toEqual({ studies: 5, instances: 100, exactness: 'EXACT', scanned: 10 });
  });

  test('and gives rows twice does not change the counts', async () => {
    const { data } = await statisticsOf(() => [...studies(0, 3), ...studies(1, 4)], totals);
    expect(data.studyStatistics).toEqual({ studies: 4, series: 8, instances: 80, exactness: 'EXACT', scanned: 6 });
  });

  test('and ends a page early, without a word, at a bound of its own is read to the end', async () => {
    const { data, requests } = await statisticsOf((request) => {
      const offset = numberOf('offset', request);
      return studies(offset, Math.min(450, offset + 200));
    }, totals);
    expect(data.studyStatistics).toMatchObject({ studies: 450, exactness: 'EXACT', scanned: 450 });
    expect(requests).toHaveLength(3);
  });

  test('and answers every page with the same rows is counted as far as it tells, not as exact', async () => {
    const { data, requests } = await statisticsOf(() => studies(0, 5), 'studyStatistics { studies exactness }', {
      warning: '299 origin: There are 95 additional results that can be requested',
    });
    expect(data.studyStatistics).toEqual({ studies: 5, exactness: 'LOWER_BOUND' });
    expect(requests).toHaveLength(2);
  });

  test('and ignores limit and offset has told everything at once', async () => {
    const { data, requests } = await statisticsOf(() => studies(0, 300), 'studyStatistics { studies exactness }');
    expect(data.studyStatistics).toEqual({ studies: 300, exactness: 'EXACT' });
    expect(requests.length).toBeLessThanOrEqual(2);
  });

  test('and gives a row without a UID fails by name, not in silence', async () => {
    const { data, errors } = await statisticsOf(() => [study(1), without(study(2), '0020000D')], totals);
    expect(data).toEqual({ studyStatistics: null });
    expect(errors).toMatchObject([{ extensions: { code: 'ORIGIN_RESPONSE', origin: 'quirky' } }]);
  });
});

describe('an origin that does not tell', () => {
  test('how many series and instances there are leaves those counts null, and the others as they are', async () => {
    const rows = studies(0, 4).map((row) => without(row, '00201206', '00201208'));
    const { data } = await statisticsOf(
      () => rows,
      'studyStatistics { studies series instances byModality { key studies instances } }',
    );
    expect(data.studyStatistics).toEqual({
      studies: 4,
      series: null,
      instances: null,
      byModality: [
        { key: 'CT', studies: 2, instances: null },
        { key: 'MR', studies: 2, instances: null },
      ],
    });
  });

  test('the count of one study leaves the totals null that it is part of', async () => {
    const rows = [study(0), without(study(1), '00201206'), study(2)];
    const { data } = await statisticsOf(() => rows, 'studyStatistics { series instances byModality { key series } }');
    expect(data.studyStatistics).toEqual({
      series: null,
      instances: 60,
      byModality: [
        { key: 'CT', series: 4 },
        { key: 'MR', series: null },
      ],
    });
  });

  test('any modality has no histogram of them', async () => {
    const rows = studies(0, 4).map((row) => without(row, '00080061'));
    const { data } = await statisticsOf(() => rows, 'studyStatistics { studies byModality { key studies } }');
    expect(data.studyStatistics).toEqual({ studies: 4, byModality: null });
  });

  test('a date or a count as DICOM has it gives null, with a warning and without the value', async () => {
    const rows = [
      { ...study(1), '00080020': { vr: 'DA', Value: ['1994.11.05'] }, '00201208': { vr: 'IS', Value: ['many'] } },
      { ...study(2), '00201208': { vr: 'IS', Value: [-1] } },
    ];
    const { data, extensions } = await statisticsOf(
      () => rows,
      `a: studyStatistics { instances byStudyDate(interval: DAY) { key studies } }
       b: studyStatistics { instances byStudyDate(interval: YEAR) { key studies } }`,
    );
    expect(data.a).toEqual({
      instances: null,
      byStudyDate: [
        { key: '2024-01-03', studies: 1 },
        { key: null, studies: 1 },
      ],
    });
    expect(data.b.byStudyDate[0]).toEqual({ key: '2024-01-01', studies: 1 });
    expect(extensions?.['warnings']).toEqual([
      { code: 'DICOM_VALUE', attribute: 'StudyDate', message: 'DA: not a date', count: 1 },
      { code: 'DICOM_VALUE', attribute: 'NumberOfStudyRelatedInstances', message: expect.any(String), count: 1 },
    ]);
    expect(JSON.stringify(extensions)).not.toMatch(/1994|many/);
  });
});
