import { describe, expect, test } from 'vitest';
import { tagOf } from '../../src/dicom/dictionary.ts';
import { parseUid } from '../../src/dicom/uid.ts';
import { type SearchQuery, search } from '../../src/origin/search.ts';
import { createTestOrigin } from '../support/origin-client.ts';
import { json, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const row = (uid: string) => ({ '0020000D': { vr: 'UI', Value: [uid] } });
const studies: SearchQuery = { level: 'study', matches: new Map(), includeFields: [] };

describe('what a search sends', () => {
  const target = async (query: Partial<SearchQuery>, capabilities = {}): Promise<string> => {
    await using archive = await startQuirkyOrigin((socket) => reply(socket, json([])));
    await using origin = createTestOrigin(archive.url, { capabilities });
    await search(origin, { ...studies, ...query });
    return archive.requests[0]?.target ?? '';
  };
  const study = parseUid('1.2.3');
  const series = parseUid('1.2.3.4');

  test('each of the six search resources has its path', async () => {
    expect(await target({ level: 'study' })).toBe('/dicom-web/studies');
    expect(await target({ level: 'series' })).toBe('/dicom-web/series');
    expect(await target({ level: 'instance' })).toBe('/dicom-web/instances');
    expect(await target({ level: 'series', scope: { study } })).toBe('/dicom-web/studies/1.2.3/series');
    expect(await target({ level: 'instance', scope: { study } })).toBe('/dicom-web/studies/1.2.3/instances');
    expect(await target({ level: 'instance', scope: { study, series } })).toBe(
      '/dicom-web/studies/1.2.3/series/1.2.3.4/instances',
    );
  });

  test('matches, fields, order and page are parameters of PS3.18 §8.3.4, lists with commas', async () => {
    const query = {
      matches: new Map([
        ['StudyInstanceUID', '1.2,1.3'],
        ['StudyDate', '20200101-'],
      ]),
      includeFields: ['StudyDescription', '00080061'],
      fuzzyMatching: true,
      orderBy: '-StudyDate',
      limit: 26,
      offset: 50,
    };
    expect(await target(query)).toBe(
      '/dicom-web/studies?StudyInstanceUID=1.2,1.3&StudyDate=20200101-&includefield=StudyDescription,00080061' +
        '&fuzzymatching=true&orderby=-StudyDate&limit=26&offset=50',
    );
  });

  test('a value is percent-encoded as UTF-8, so that it cannot add a parameter', async () => {
    const matches = new Map([['PatientName', 'Buc^Jérôme & Söhne=100%+#?*']]);
    expect(await target({ matches })).toBe(
      '/dicom-web/studies?PatientName=Buc%5EJ%C3%A9r%C3%B4me%20%26%20S%C3%B6hne%3D100%25%2B%23%3F*',
    );
  });

  test('an origin that does not decode values gets wildcards for what cannot be sent as it is', async () => {
    const matches = new Map([['PatientName', 'Buc^Jérôme & So:hne,*']]);
    expect(await target({ matches }, { rawQueryValues: true })).toBe(
      '/dicom-web/studies?PatientName=Buc^J*r*me???So:hne,*',
    );
  });

  test('a name that is no keyword, tag or path never reaches the origin', async () => {
    await expect(target({ matches: new Map([['PatientName&limit', '1']]) })).rejects.toThrow(TypeError);
  });
});

describe('what a search gives back', () => {
  test('rows are data sets in the order of the origin', async () => {
    await using archive = await startQuirkyOrigin((socket) => reply(socket, json([row('1.2'), row('1.1')])));
    await using origin = createTestOrigin(archive.url);
    const { dataSets, ...rest } = await search(origin, studies);
    expect(dataSets.map((dataSet) => dataSet.uid(tagOf('StudyInstanceUID')))).toEqual(['1.2', '1.1']);
    expect(rest).toEqual({ more: false, widened: false, limitIgnored: false, fuzzyIgnored: false });
  });

  test.each([
    ['204 without a body', { status: 204 }],
    ['200 with an empty list', json([])],
  ])('no match is an empty page: %s', async (_, answer) => {
    await using archive = await startQuirkyOrigin((socket) => reply(socket, answer));
    await using origin = createTestOrigin(archive.url);
    expect((await search(origin, studies)).dataSets).toEqual([]);
  });

  test('Warning 299 says that more matches remain', async () => {
    const warning = '299 archive: There are more results that can be requested';
    await using archive = await startQuirkyOrigin((socket) => {
      reply(socket, { ...json([row('1.2')]), headers: { warning } });
    });
    await using origin = createTestOrigin(archive.url);
    expect((await search(origin, { ...studies, limit: 1 })).more).toBe(true);
  });

  test('Warning 299 about fuzzy matching says that it was not done, and nothing of more matches', async () => {
    const warning = '299 archive: The fuzzymatching parameter is not supported. Only literal matching was performed.';
    await using archive = await startQuirkyOrigin((socket) => {
      reply(socket, { ...json([row('1.2')]), headers: { warning } });
    });
    await using origin = createTestOrigin(archive.url);
    const result = await search(origin, { ...studies, fuzzyMatching: true });
    expect(result).toMatchObject({ more: false, fuzzyIgnored: true });
  });

  test('rows beyond the limit are kept, and told of', async () => {
    await using archive = await startQuirkyOrigin((socket) =>
      reply(socket, json([row('1.1'), row('1.2'), row('1.3')])),
    );
    await using origin = createTestOrigin(archive.url);
    const { dataSets, limitIgnored } = await search(origin, { ...studies, limit: 2 });
    expect(dataSets).toHaveLength(3);
    expect(limitIgnored).toBe(true);
  });

  test('a widened search says so', async () => {
    await using archive = await startQuirkyOrigin((socket) => reply(socket, json([])));
    await using origin = createTestOrigin(archive.url, { capabilities: { rawQueryValues: true } });
    const matching = async (value: string) =>
      search(origin, { ...studies, matches: new Map([['PatientName', value]]) });
    expect((await matching('Doe^*')).widened).toBe(false);
    expect((await matching('von Doe')).widened).toBe(true);
  });
});
