import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { ensureCapabilities, probeAgainLater, probeCapabilities } from '../../src/origin/capabilities/probe.ts';
import type { OriginConfig } from '../../src/origin/origin-config.ts';
import { createTestOrigin } from '../support/origin-client.ts';
import { json, type QuirkyRequest, type Reply, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

/** A study of two series with an image each. */
interface Study {
  readonly uid: string;
  readonly date?: string;
}

interface Behaviour {
  readonly studies?: readonly Study[];
  /** Answers to a search, instead of the usual one. */
  readonly answer?: (resource: string, query: ReadonlyMap<string, string>, path: string) => Reply | undefined;
  readonly decodes?: boolean;
  readonly lists?: boolean;
  readonly filters?: boolean;
  readonly limits?: boolean;
  readonly includes?: boolean;
  readonly orders?: 'both' | 'ascending only' | 'undated first' | 'not';
}

const two: readonly Study[] = [
  { uid: '1.2.1', date: '20200101' },
  { uid: '1.2.2', date: '20190101' },
  { uid: '1.2.3' },
];

/** An archive that answers as PS3.18 has it, but for what is set otherwise. */
function archiveOf(behaviour: Behaviour): (request: QuirkyRequest) => Reply {
  const { studies = two, decodes = true, lists = true, filters = true, limits = true, includes = true } = behaviour;
  return ({ target }) => {
    const [path = '', search = ''] = target.split('?');
    const query = new Map(
      search.split('&').map((parameter) => {
        const [name = '', value = ''] = parameter.split('=');
        return [name, decodes ? decodeURIComponent(value) : value];
      }),
    );
    const resource = path.split('/').at(-1) ?? '';
    const special = behaviour.answer?.(resource, query, path);
    if (special) return special;
    let rows = ordered(studies, query.get('orderby'), behaviour.orders ?? 'both').flatMap((study) =>
      rowsOf(study, resource, includes),
    );
    for (const [keyword, tag] of [
      ['StudyInstanceUID', '0020000D'],
      ['SeriesInstanceUID', '0020000E'],
    ] as const) {
      const wanted = query.get(keyword);
      if (wanted === undefined || !filters) continue;
      const uids = lists ? wanted.split(',') : [wanted];
      rows = rows.filter((row) => uids.includes(String(row[tag]?.Value[0])));
    }
    const limit = limits ? Number(query.get('limit') ?? 1_000) : 1_000;
    return rows.length === 0 ? { status: 204 } : json(rows.slice(0, limit));
  };
}

type Row = Record<string, { vr: string; Value: unknown[] }>;

function rowsOf({ uid, date }: Study, resource: string, includes: boolean): Row[] {
  const study: Row = {
    '0020000D': { vr: 'UI', Value: [uid] },
    ...(date ? { '00080020': { vr: 'DA', Value: [date] } } : {}),
  };
  if (resource === 'studies') return [study];
  const series = ['1', '2'].map((n): Row => ({ ...study, '0020000E': { vr: 'UI', Value: [`${uid}.${n}`] } }));
  if (resource === 'series') return series;
  const image: Row = {
    '00280010': { vr: 'US', Value: [64] },
    ...(includes ? { '00280004': { vr: 'CS', Value: ['MONOCHROME2'] } } : {}),
  };
  return series.map((row) => ({ ...row, ...image }));
}

function ordered(studies: readonly Study[], by: string | undefined, how: Behaviour['orders']): Study[] {
  if (by === undefined || how === 'not') return [...studies];
  const descending = by.startsWith('-') && how !== 'ascending only';
  const last = how === 'undated first' && descending ? '99999999' : descending ? '0' : '99999999';
  const sorted = [...studies].sort((a, b) => ((a.date ?? last) < (b.date ?? last) ? -1 : 1));
  return descending ? sorted.reverse() : sorted;
}

async function probed(behaviour: Behaviour, config: Partial<OriginConfig> = {}) {
  const answer = archiveOf(behaviour);
  await using archive = await startQuirkyOrigin((socket, request) => reply(socket, answer(request)));
  await using origin = createTestOrigin(archive.url, config);
  const capabilities = await probeCapabilities(origin);
  return { capabilities, healthy: origin.healthy, requests: archive.requests };
}

const able = {
  uidListMatching: true,
  rootSeriesSearch: true,
  rootInstanceSearch: true,
  includeField: true,
  ordering: true,
  searchLimit: true,
  rawQueryValues: false,
};

describe('a probe', () => {
  test('of an able origin finds what it can do, with its evidence', async () => {
    const { capabilities, healthy } = await probed({});
    expect(capabilities).toMatchObject(able);
    expect(healthy).toBe(true);
    const evidence = Object.fromEntries(capabilities.evidence.map(({ capability, ...rest }) => [capability, rest]));
    expect(evidence['uidListMatching']).toMatchObject({ supported: true, how: 'probed', asOf: expect.any(Date) });
    expect(evidence['studyUIDMatching']).toMatchObject({ supported: true, how: 'probed' });
    expect(evidence['fuzzyMatching']).toMatchObject({ supported: false, how: 'documented' });
  });

  const inabilities: [what: string, behaviour: Behaviour, expected: Partial<typeof able>][] = [
    ['no lists', { lists: false }, { uidListMatching: false }],
    [
      'ignored filters',
      { filters: false },
      { uidListMatching: false, rootSeriesSearch: false, rootInstanceSearch: false },
    ],
    ['an ignored limit', { limits: false }, { searchLimit: false }],
    ['an ignored includefield', { includes: false }, { includeField: false }],
    ['values that are not decoded', { decodes: false }, { rawQueryValues: true }],
    ['no order', { orders: 'not' }, { ordering: false }],
    ['one order for both directions', { orders: 'ascending only' }, { ordering: false }],
    ['undated studies first', { orders: 'undated first' }, { ordering: false }],
    [
      'no /series',
      { answer: (r) => (r === 'series' ? { status: 404 } : undefined) },
      { uidListMatching: false, rootSeriesSearch: false, rootInstanceSearch: false },
    ],
    [
      'no /series, and instances without what was asked for',
      { answer: (r) => (r === 'series' ? { status: 404 } : undefined), includes: false },
      { uidListMatching: false, rootSeriesSearch: false, rootInstanceSearch: false, includeField: false },
    ],
    [
      'neither /series nor instances',
      { answer: (r) => (r === 'studies' ? undefined : { status: 404 }) },
      { uidListMatching: false, rootSeriesSearch: false, rootInstanceSearch: false, includeField: false },
    ],
    [
      'no /instances',
      { answer: (_, __, path) => (path === '/dicom-web/instances' ? { status: 400 } : undefined) },
      { rootInstanceSearch: false },
    ],
    ['a 400 to orderby', { answer: (_, q) => (q.has('orderby') ? { status: 400 } : undefined) }, { ordering: false }],
    [
      'a 400 to a list',
      { answer: (_, q) => (q.get('StudyInstanceUID')?.includes(',') ? { status: 400 } : undefined) },
      { uidListMatching: false },
    ],
  ];

  test.each(inabilities)('finds %s', async (_, behaviour, expected) => {
    expect((await probed(behaviour)).capabilities).toMatchObject({ ...able, ...expected });
  });

  test.each([{}, { filters: false }, { lists: false }, { studies: two.slice(0, 1) }])(
    'costs at most 20 requests: %o',
    async (behaviour) => {
      expect((await probed(behaviour)).requests.length).toBeLessThanOrEqual(20);
    },
  );

  test('asks for no names, and for a few rows at the most', async () => {
    const { requests } = await probed({});
    for (const { target } of requests) {
      expect(target).not.toMatch(/Patient/);
      expect(Number(/limit=([0-9]+)/.exec(target)?.[1])).toBeLessThanOrEqual(200);
    }
  });

  test('of an archive with one study finds lists with the help of a UID that nobody uses', async () => {
    const { capabilities } = await probed({ studies: two.slice(0, 1) });
    expect(capabilities).toMatchObject({ uidListMatching: true, rootSeriesSearch: true, rootInstanceSearch: true });
  });

  test('leaves alone what is configured', async () => {
    const configured = { uidListMatching: false, ordering: false, maxUidsPerList: 10 };
    const { capabilities, requests } = await probed({}, { capabilities: configured });
    expect(capabilities).toMatchObject({ ...configured, rootSeriesSearch: true });
    expect(capabilities.evidence.find(({ capability }) => capability === 'ordering')).toMatchObject({
      how: 'configured',
    });
    expect(requests.some(({ target }) => target.includes('orderby'))).toBe(false);
  });
});

describe('a probe that finds nothing', () => {
  const careful = { uidListMatching: false, rootSeriesSearch: false, rootInstanceSearch: false, ordering: false };

  test('in an empty archive leaves the careful defaults', async () => {
    const { capabilities, healthy, requests } = await probed({ studies: [] });
    expect(capabilities).toMatchObject(careful);
    expect(healthy).toBe(true);
    expect(requests).toHaveLength(2);
  });

  test('of an origin that is down leaves them too, and the origin is unhealthy', async () => {
    const { url, close } = await startQuirkyOrigin(() => {});
    await close();
    await using origin = createTestOrigin(url);
    expect(await probeCapabilities(origin)).toMatchObject(careful);
    expect(origin.healthy).toBe(false);
  });

  test('of an origin that sends pages of HTML leaves them too', async () => {
    const page = { headers: { 'content-type': 'text/html' }, body: '<h1>Log in</h1>' };
    expect((await probed({ answer: () => page })).capabilities).toMatchObject(careful);
  });
});

describe('capabilities are probed', () => {
  test('once, by however many ask for them', async () => {
    const answer = archiveOf({});
    await using archive = await startQuirkyOrigin((socket, request) => reply(socket, answer(request)));
    await using origin = createTestOrigin(archive.url);
    const all = await Promise.all([ensureCapabilities(origin), ensureCapabilities(origin), probeCapabilities(origin)]);
    expect(new Set(all).size).toBe(1);
    const asked = archive.requests.length;
    await ensureCapabilities(origin);
    expect(archive.requests).toHaveLength(asked);
  });

  test('again later, where the archive was empty, until it shows what it can do', async () => {
    const studies: Study[] = [];
    const answer = archiveOf({ studies });
    await using archive = await startQuirkyOrigin((socket, request) => reply(socket, answer(request)));
    await using origin = createTestOrigin(archive.url);
    for (let n = 0; n < 3; n++) await ensureCapabilities(origin, { againAfterMs: 60 });
    expect(archive.requests).toHaveLength(2);
    studies.push(...two);
    await expect.poll(() => origin.capabilities.ordering).toBe(true);
    expect(origin.capabilities).toMatchObject(able);
    const asked = archive.requests.length;
    await sleep(150);
    expect(archive.requests).toHaveLength(asked);
  });

  test('again once an answer contradicted what was known, which gives back what an outage took', async () => {
    const answer = archiveOf({});
    await using archive = await startQuirkyOrigin((socket, request) => reply(socket, answer(request)));
    await using origin = createTestOrigin(archive.url);
    await probeCapabilities(origin);
    origin.learn([{ capability: 'uidListMatching', supported: false, set: { uidListMatching: false } }]);
    probeAgainLater(origin, 20);
    probeAgainLater(origin, 20);
    expect(origin.capabilities.uidListMatching).toBe(false);
    await expect.poll(() => origin.capabilities.uidListMatching).toBe(true);
  });

  test('never again once the client is closed', async () => {
    const answer = archiveOf({ studies: [] });
    await using archive = await startQuirkyOrigin((socket, request) => reply(socket, answer(request)));
    const origin = createTestOrigin(archive.url);
    await probeCapabilities(origin, { againAfterMs: 20 });
    await origin.close();
    const asked = archive.requests.length;
    await sleep(80);
    expect(archive.requests).toHaveLength(asked);
  });
});
