import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestArchive, type TestArchive } from '../support/archive.ts';
import type { Switches } from '../support/switchable-origin.ts';
import { pageThrough } from './ask.ts';
import { openOrigin } from './open-origin.ts';
import { manyFiles } from './world.ts';

const count = 250;
const all = Array.from({ length: count }, (_, n) => `1.3.${n}`).sort();

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files: manyFiles() });
});
afterAll(() => archive.close());

const ways: Readonly<Record<string, Switches>> = {
  conforms: {},
  'cuts pages at 200 without a word': { maxLimit: { rows: 200, above: 'cut' } },
  'refuses limits above 100': { maxLimit: { rows: 100, above: 'refused' } },
  'ignores offset': { ignoresOffset: true },
  'ignores limit': { ignoresLimit: true },
  'ignores limit and offset': { ignoresLimit: true, ignoresOffset: true },
  'repeats a row on the next page': { repeatsRows: true },
  'ignores filters': { keys: { study: [], series: [], instance: [], others: 'ignored' } },
};

describe.each(Object.entries(ways))('an archive that %s', (_, switches) => {
  test('shows every study, in one page or in many', async () => {
    await using opened = await openOrigin(archive.url, switches);
    expect([...(await pageThrough(opened.graphql, 'it', 500))].sort()).toEqual(all);
    expect([...new Set(await pageThrough(opened.graphql, 'it', 30))].sort()).toEqual(all);
  });

  test('is counted exactly', async () => {
    await using opened = await openOrigin(archive.url, switches);
    const { data } = await opened.graphql.query('{ studyStatistics { studies exactness } }');
    expect(data.studyStatistics).toEqual({ studies: count, exactness: 'EXACT' });
  });

  test('gives the studies of a month, and the newest first', async () => {
    await using opened = await openOrigin(archive.url, switches);
    const { data, errors } = await opened.graphql.query(`{
      month: searchStudies(filter: { studyDate: { from: "2024-03-01", to: "2024-03-31" } }, first: 50) { totalCount }
      newest: searchStudies(orderBy: STUDY_DATE_DESC, first: 23) { nodes { studyDate } }
    }`);
    expect(errors).toBeUndefined();
    expect(data.month.totalCount).toBe(21); // of 250 in twelve months, one more in the first ten
    expect(data.newest.nodes.map((node: { studyDate: string }) => node.studyDate)).toEqual([
      ...Array.from({ length: 20 }, () => '2024-12-01'),
      ...Array.from({ length: 3 }, () => '2024-11-01'),
    ]);
  });
});

test('an archive that shows 100 rows of a search and no more is told of, and not paged without end', async () => {
  await using opened = await openOrigin(archive.url, {}, { capabilities: { maxSearchRows: 100 } });
  const found = await pageThrough(opened.graphql, 'it', 30);
  expect(new Set(found).size).toBe(100);
  const { extensions } = await opened.graphql.query('{ searchStudies(first: 500) { totalCount } }');
  expect(extensions?.['warnings']).toEqual([
    expect.objectContaining({ code: 'SEARCH_INCOMPLETE', about: 'maxSearchRows', origin: 'it' }),
  ]);
  const statistics = await opened.graphql.query('{ studyStatistics { studies exactness } }');
  expect(statistics.data.studyStatistics).toEqual({ studies: count, exactness: 'LOWER_BOUND' }); // more may be undated
});
