import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dicomFile, startTestArchive, type TestArchive } from '../support/archive.ts';

const dates = ['20200101', '20240101', '20220101', '20230101', '', '20210101'];
const studies = dates.map((StudyDate, i) =>
  dicomFile({
    StudyInstanceUID: `1.${i}`,
    SeriesInstanceUID: `1.${i}.1`,
    SOPInstanceUID: `1.${i}.1.1`,
    StudyDate,
    PatientName: i % 2 === 0 ? 'b^even' : 'A^odd',
    InstanceNumber: 20 - i,
  }),
);

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files: studies, maxSearchRows: 4 });
});
afterAll(() => archive.close());

const order = async (query: string, level = 'studies'): Promise<unknown[]> =>
  (await archive.search(`/${level}?${query}`)).map((row) => row['0020000D']?.Value?.[0]);

describe('paging of PS3.18 §8.3.4.4', () => {
  test('pages put together are the whole, each once', async () => {
    const pages = [await order('limit=2'), await order('limit=2&offset=2'), await order('limit=2&offset=4')];
    expect(pages.flat()).toEqual(['1.1', '1.3', '1.2', '1.5', '1.0', '1.4']);
  });

  test.each(['limit=0', 'offset=6', 'offset=99', 'PatientName=nobody'])('%s is 204, without a body', async (query) => {
    const response = await archive.get(`/studies?${query}`);
    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
  });

  test('beyond its own bound the archive says how many more there are', async () => {
    const response = await archive.get('/studies?offset=1');
    expect(await response.json()).toHaveLength(4);
    expect(response.headers.get('warning')).toBe(
      `299 ${archive.url}: There are 1 additional results that can be requested`,
    );
    const above = await archive.get('/studies?limit=5');
    expect(await above.json()).toHaveLength(4);
    expect(above.headers.get('warning')).toContain('There are 2 additional results');
  });

  test('a page that the client made short, or that is whole, has no warning', async () => {
    for (const query of ['limit=3', 'limit=4', 'offset=2']) {
      expect((await archive.get(`/studies?${query}`)).headers.get('warning')).toBeNull();
    }
  });

  test.each(['fuzzymatching', 'emptyvaluematching', 'multiplevaluematching'])(
    '%s=true is answered with a warning, =false without',
    async (name) => {
      const response = await archive.get(`/studies?${name}=true&limit=1`);
      expect(response.status).toBe(200);
      expect(response.headers.get('warning')).toMatch(new RegExp(`^299 \\S+: The ${name} parameter is not supported`));
      expect((await archive.get(`/studies?${name}=false&limit=1`)).headers.get('warning')).toBeNull();
    },
  );
});

describe('orderby, as in dcm4chee-arc', () => {
  test.each([
    ['orderby=StudyDate&limit=4', ['1.0', '1.5', '1.2', '1.3']],
    ['orderby=-StudyDate&limit=4', ['1.1', '1.3', '1.2', '1.5']],
    ['orderby=-00080020&limit=1', ['1.1']],
    ['orderby=StudyDate&offset=4', ['1.1', '1.4']],
    ['orderby=-StudyDate&offset=4', ['1.0', '1.4']],
    ['orderby=PatientName,StudyDate&limit=4', ['1.5', '1.3', '1.1', '1.0']],
    ['orderby=-PatientName,-StudyDate&limit=4', ['1.2', '1.0', '1.4', '1.1']],
  ])('%s', async (query, uids) => {
    expect(await order(query)).toEqual(uids);
  });

  test('instances are ordered by number, not by its digits, and by what is above them', async () => {
    expect(await order('orderby=InstanceNumber&limit=3', 'instances')).toEqual(['1.5', '1.4', '1.3']);
    expect(await order('orderby=-StudyDate&limit=2', 'instances')).toEqual(['1.1', '1.3']);
  });
});
