import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readIdentity } from '../../src/part10/read-identity.ts';
import { readParts } from '../support/archive.ts';
import { type RuledFacade, startRuled } from '../support/ruled.ts';
import {
  fileOf,
  isAllowed,
  mrImage,
  profileOf,
  type RuleKeyword,
  ruleAttributes,
  rulesOf,
  visibleOf,
  type WorldFile,
  type WorldRule,
  world,
} from '../support/ruled-world.ts';

/**
 * Random rules, and random questions of every kind: what comes is compared with what the files themselves say may be seen.
 * FC_RUNS makes more of them.
 */
const runs = Number(process.env['FC_RUNS'] ?? 14);

const distinct = (values: Iterable<string>): string[] => [...new Set(values)].sort();
const studies = distinct(world.map(({ study }) => study));
const pairOf = ({ study, patient }: WorldFile): string => `${study} ${patient}`;

let facade: RuledFacade;
let ids: ReadonlyMap<string, string>;
let links: readonly Link[];
let roots: readonly Root[];

/** Good for everything that its form has, until the rules say otherwise. */
interface Link {
  readonly form: 'native' | 'metadata' | 'thumbnail' | 'frame' | 'template' | 'rendered' | 'bulkData';
  /** A study, a series or an instance. */
  readonly uid: string;
  readonly url: string;
}
interface Root {
  readonly uid: string;
  readonly url: string;
}

beforeAll(async () => {
  facade = await startRuled({
    files: world.map(fileOf),
    origins: {
      able: {
        uidListMatching: true,
        rootSeriesSearch: true,
        rootInstanceSearch: true,
        includeField: true,
        ordering: true,
      },
      plain: { uidListMatching: false, includeField: false, ordering: false },
    },
    bounds: { maxOriginRequests: 2_000 },
  });
  facade.rules.set('bound', { rows: null });
  const group = 'id retrieve { native { url } metadata { url } thumbnail { url } dicomweb { url } }';
  const { data, errors } = await facade.query(
    'bound',
    `{ searchStudies(first: 100) { nodes { studyInstanceUID ${group} series { nodes { seriesInstanceUID ${group} instances { nodes {
      sopInstanceUID id retrieve {
        native { url } metadata { url } thumbnail { url } rendered { url } frame(number: 1) { native { url } }
        frameTemplate { template } bulkData { link { url } }
      } } } } } } } }`,
  );
  if (errors) throw new Error(JSON.stringify(errors));
  const found: Link[] = [];
  const made: Root[] = [];
  const known = new Map<string, string>();
  for (const study of data.searchStudies.nodes) {
    const groups = [
      [study.studyInstanceUID, study],
      ...study.series.nodes.map((one: Json) => [one.seriesInstanceUID, one]),
    ];
    for (const [uid, { id, retrieve }] of groups) {
      known.set(uid, id);
      made.push({ uid, url: retrieve.dicomweb.url });
      for (const form of ['native', 'metadata', 'thumbnail'] as const)
        found.push({ form, uid, url: retrieve[form].url });
    }
    for (const { sopInstanceUID: uid, id, retrieve } of study.series.nodes.flatMap(
      (one: Json) => one.instances.nodes,
    )) {
      known.set(uid, id);
      for (const form of ['native', 'metadata', 'thumbnail', 'rendered'] as const) {
        found.push({ form, uid, url: retrieve[form].url });
      }
      found.push({ form: 'frame', uid, url: retrieve.frame.native.url });
      found.push({ form: 'template', uid, url: retrieve.frameTemplate.template.replace('{frame}', '1') });
      for (const { link } of retrieve.bulkData) found.push({ form: 'bulkData', uid, url: link.url });
    }
  }
  ids = known;
  links = found;
  roots = made;
  expect(known.size).toBe(distinct(world.flatMap(({ study, series, instance }) => [study, series, instance])).length);
});
afterAll(() => facade[Symbol.asyncDispose]());

// biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what its test looks at
type Json = any;

const keywords = Object.keys(ruleAttributes) as RuleKeyword[];
const anyAttribute = fc.constantFrom(...keywords).chain((keyword) => {
  const values = distinct(world.map((file) => file[ruleAttributes[keyword]])).filter(Boolean);
  const picked = fc.subarray([...values, 'Elsewhere'], { minLength: 1, maxLength: 2 });
  return picked.map((some) => [keyword, some] as const);
});
const anyRule: fc.Arbitrary<WorldRule> = fc.record({
  origins: fc.option(fc.subarray(['able', 'plain'], { minLength: 1 }), { nil: null, freq: 3 }),
  studies: fc.option(fc.subarray([...studies, '9.9'], { minLength: 1, maxLength: 4 }), { nil: null, freq: 2 }),
  attributes: fc.uniqueArray(anyAttribute, { selector: ([keyword]) => keyword, minLength: 0, maxLength: 2 }),
});
const anyRules = fc.array(anyRule, { maxLength: 3 });

/** What may be asked of studies, and which study rows it means. */
const anyFilter = fc.oneof(
  fc.constant({ text: '', accepts: () => true }),
  fc.constantFrom('P-1', 'P-2', 'P-3').map((id) => ({
    text: `patientID: { equals: "${id}" }`,
    accepts: (row: readonly WorldFile[]) => row[0]?.patient === id,
  })),
  fc.constantFrom('Thorax', 'Shared').map((name) => ({
    text: `studyDescription: { equals: "${name}" }`,
    accepts: (row: readonly WorldFile[]) => row[0]?.description === name,
  })),
  fc.constantFrom('CT', 'MR').map((modality) => ({
    text: `modalitiesInStudy: ["${modality}"]`,
    accepts: (row: readonly WorldFile[]) => row.some((file) => file.modality === modality),
  })),
  fc.subarray(studies, { minLength: 1, maxLength: 3 }).map((uids) => ({
    text: `studyInstanceUIDs: ${JSON.stringify(uids)}`,
    accepts: (row: readonly WorldFile[]) => uids.includes(row[0]?.study ?? ''),
  })),
  fc.constant({
    text: 'studyDate: { from: "2024-03-01", to: "2024-06-30" }',
    accepts: (row: readonly WorldFile[]) => /^20240[3-6]/.test(row[0]?.date ?? ''),
  }),
);

const anyQuestion = fc.record({
  rules: anyRules,
  origin: fc.constantFrom('able', 'able', 'plain'),
  filter: anyFilter,
  first: fc.integer({ min: 1, max: 8 }),
  objects: fc.infiniteStream(fc.nat()).map((stream) => [...stream.take(40)]),
});

/** Every UID in a text is that of something that may be seen, or of what that is in. */
function expectNothingElse(text: string, visible: readonly WorldFile[]): void {
  const allowed = new Set(visible.flatMap(({ study, series, instance }) => [study, series, instance]));
  const told = text.match(/(?<=["/])1\.[1-7](?:\.\d){0,2}(?=["/])/g) ?? [];
  expect(distinct(told.filter((uid) => !allowed.has(uid)))).toEqual([]);
}

const rowsOf = (files: readonly WorldFile[]): readonly (readonly WorldFile[])[] => [
  ...Map.groupBy(files, pairOf).values(),
];

async function checkSearches(
  origin: string,
  filter: { text: string; accepts: (row: readonly WorldFile[]) => boolean },
  first: number,
  visible: readonly WorldFile[],
): Promise<void> {
  const expected = distinct(
    rowsOf(visible)
      .filter(filter.accepts)
      .map((row) => row[0]?.study ?? ''),
  );
  const found: string[] = [];
  for (let after: string | null = null; found.length < 40; ) {
    const { data, errors }: Json = await facade.query(
      'bound',
      `query ($after: String) { searchStudies(origin: "${origin}", first: ${first}, after: $after, filter: { ${filter.text} }) {
        totalCount pageInfo { hasNextPage endCursor }
        nodes { studyInstanceUID numberOfStudyRelatedSeries numberOfStudyRelatedInstances modalitiesInStudy patient { patientID }
          series { totalCount nodes { seriesInstanceUID numberOfSeriesRelatedInstances institutionName
            instances { totalCount nodes { sopInstanceUID sopClass { uid } } } } } }
      } }`,
      { after },
    );
    expect(errors).toBeUndefined();
    expectNothingElse(JSON.stringify(data), visible);
    const { nodes, pageInfo, totalCount } = data.searchStudies;
    if (totalCount !== null) expect(totalCount).toBe(expected.length);
    for (const node of nodes) checkStudy(node, visible);
    found.push(...nodes.map(({ studyInstanceUID }: Json) => studyInstanceUID));
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    if (after === null) break;
  }
  expect(distinct(found)).toEqual(expected);
}

/** Of a study UID of two patients an origin counts for one of them, where it counts at all. */
function checkStudy(node: Json, visible: readonly WorldFile[]): void {
  const own = visible.filter(({ study }) => study === node.studyInstanceUID);
  const ofPatient = own.filter(({ patient }) => patient === (node.patient.patientID ?? ''));
  const seriesIn = (files: readonly WorldFile[]) => distinct(files.map(({ series }) => series));
  expect([own.length, ofPatient.length]).toContain(node.numberOfStudyRelatedInstances);
  // Series of one UID and two patients are two.
  const ofBoth = distinct(own.map((file) => `${file.patient} ${file.series}`));
  expect([ofBoth.length, seriesIn(ofPatient).length]).toContain(node.numberOfStudyRelatedSeries);
  expect(distinct(node.modalitiesInStudy)).toEqual(distinct(own.map(({ modality }) => modality)));
  expect(distinct(node.series.nodes.map((one: Json) => one.seriesInstanceUID))).toEqual(seriesIn(own));
  const instances = node.series.nodes.flatMap((one: Json) =>
    one.instances.nodes.map((each: Json) => each.sopInstanceUID),
  );
  expect(distinct(instances)).toEqual(distinct(own.map(({ instance }) => instance)));
}

async function checkBelow(
  visible: readonly WorldFile[],
  filter: { text: string; accepts: (row: readonly WorldFile[]) => boolean },
): Promise<void> {
  const { data, errors }: Json = await facade.query(
    'bound',
    `{ series: searchSeries(first: 100, filter: { modality: ["CT"] }) { totalCount nodes { seriesInstanceUID } }
       instances: searchInstances(first: 100, filter: { sopClassUIDs: ["${mrImage}"] }) { totalCount nodes { sopInstanceUID } }
       statistics: studyStatistics(filter: { ${filter.text} }) { studies series instances scanned exactness byModality { key studies } byStudyDate(interval: MONTH) { key studies } } }`,
  );
  expect(errors).toBeUndefined();
  expectNothingElse(JSON.stringify(data), visible);
  const ct = distinct(visible.filter(({ modality }) => modality === 'CT').map(({ series }) => series));
  const mr = distinct(visible.filter(({ sopClass }) => sopClass === mrImage).map(({ instance }) => instance));
  expect(distinct(data.series.nodes.map((one: Json) => one.seriesInstanceUID))).toEqual(ct);
  expect(data.series.totalCount).toBe(ct.length);
  expect(distinct(data.instances.nodes.map((one: Json) => one.sopInstanceUID))).toEqual(mr);
  expect(data.instances.totalCount).toBe(mr.length);
  const rows = rowsOf(visible);
  const counted = rows.filter(filter.accepts);
  const { statistics } = data;
  expect(statistics.studies).toBe(distinct(counted.map((row) => row[0]?.study ?? '')).length);
  expect(statistics.exactness).toBe('EXACT');
  expect(statistics.scanned).toBeLessThanOrEqual(rows.length);
  expect([null, counted.flat().length]).toContain(statistics.instances);
  expect([
    null,
    distinct(counted.flatMap((row) => row.map(({ series }) => `${pairOf(row[0] as WorldFile)} ${series}`))).length,
  ]).toContain(statistics.series);
  for (const { key, studies: number } of statistics.byModality ?? []) {
    const some = counted.filter((row) => row.some(({ modality }) => modality === key));
    expect(number).toBe(distinct(some.map((row) => row[0]?.study ?? '')).length);
  }
}

async function checkNodes(origin: string, visible: readonly WorldFile[], objects: readonly number[]): Promise<void> {
  const all = [...ids.keys()];
  const picked = objects.slice(0, 12).map((n) => all[n % all.length] ?? '');
  const asked = picked.map((uid) =>
    Buffer.from(
      Buffer.from(ids.get(uid) ?? '', 'base64url')
        .toString()
        .replace(' able ', ` ${origin} `),
    ).toString('base64url'),
  );
  const { data, errors }: Json = await facade.query(
    'bound',
    'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Study { studyInstanceUID } ... on Series { seriesInstanceUID } ... on Instance { sopInstanceUID } } }',
    { ids: asked },
  );
  expect(errors).toBeUndefined();
  const isThere = data.nodes.map((node: Json) => node !== null);
  const expected = picked.map((uid) => visible.some((file) => [file.study, file.series, file.instance].includes(uid)));
  expect(isThere).toEqual(expected);
}

const within = (uid: string, visible: readonly WorldFile[]): readonly WorldFile[] =>
  visible.filter((file) => [file.study, file.series, file.instance].includes(uid));

async function checkLink({ form, uid, url }: Link, visible: readonly WorldFile[]): Promise<void> {
  const own = within(uid, visible);
  facade.requests.length = 0;
  const response = await fetch(url);
  if (own.length === 0) {
    const problem = await response.text();
    expect([form, uid, response.status]).toEqual([form, uid, 404]);
    expect(JSON.parse(problem)).toEqual(missing);
    return;
  }
  expect([form, uid, response.status]).toEqual([form, uid, 200]);
  const instances = distinct(own.map(({ instance }) => instance));
  if (form === 'metadata') {
    const rows = (await response.json()) as Json[];
    expect(distinct(rows.map((row) => row['00080018'].Value[0]))).toEqual(instances);
    expectNothingElse(JSON.stringify(rows), visible);
  } else if (form === 'native' && response.headers.get('content-type')?.startsWith('multipart/')) {
    const parts = await readParts(response);
    expect(distinct(parts.map(({ body }) => readIdentity(body).sopInstanceUid))).toEqual(instances);
  } else if (form === 'native') {
    expect(readIdentity(Buffer.from(await response.arrayBuffer())).sopInstanceUid).toBe(uid);
  } else if (form === 'frame' || form === 'template') {
    const [pixel] = new Uint16Array(await response.arrayBuffer());
    expect(world[pixel ?? -1]?.instance).toBe(uid);
  } else if (form === 'bulkData') {
    expect(Buffer.from(await response.arrayBuffer())).toEqual(profileOf(own[0] as WorldFile));
  } else {
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(0);
    const drawn = facade.requests.flatMap(
      (path) => /\/instances\/([\d.]+)\/(?:frames|rendered|thumbnail)/.exec(path)?.[1] ?? [],
    );
    expect(distinct(drawn.filter((instance) => !instances.includes(instance)))).toEqual([]);
    const isWhole = own.length === within(uid, world).length;
    const ofMany = /^\/studies\/[\d.]+(\/series\/[\d.]+)?\/(rendered|thumbnail)/;
    if (!isWhole) expect(facade.requests.filter((path) => ofMany.test(path))).toEqual([]);
  }
}

const missing = { type: 'about:blank', title: 'No such object', status: 404, code: 'NOT_FOUND', retryable: false };

async function checkRoot({ uid, url }: Root, visible: readonly WorldFile[], pick: number): Promise<void> {
  const own = within(uid, visible);
  const [study, seriesUid] = [uid.split('.').slice(0, 2).join('.'), uid.split('.').length > 2 ? uid : null];
  const scope = `${url}/studies/${study}${seriesUid ? `/series/${seriesUid}` : ''}`;
  const inside = world.filter((file) => file.study === study && (seriesUid === null || file.series === seriesUid));
  const some = inside[pick % inside.length] as WorldFile;
  const at = `${url}/studies/${some.study}/series/${some.series}/instances/${some.instance}`;
  const isSeen = own.includes(some) || visible.some(({ instance }) => instance === some.instance);

  for (const level of ['series', 'instances'] as const) {
    const response = await fetch(`${url}/${level}?includefield=NumberOfSeriesRelatedInstances&limit=50`);
    const rows: Json[] = response.status === 204 ? [] : ((await response.json()) as Json[]);
    expectNothingElse(JSON.stringify(rows), visible);
    const [tag, name] = level === 'series' ? ['0020000E', 'series' as const] : ['00080018', 'instance' as const];
    expect(distinct(rows.map((row) => row[tag].Value[0]))).toEqual(distinct(own.map((file) => file[name])));
    for (const row of level === 'series' ? rows : []) {
      const [patient = ''] = row['00100020']?.Value ?? [];
      const below = own.filter((file) => file.series === row['0020000E'].Value[0]);
      const counts = [below.length, below.filter((file) => file.patient === patient).length];
      expect(counts).toContain(row['00201209'].Value[0]);
    }
  }
  if (seriesUid === null) {
    const response = await fetch(`${url}/studies`);
    expect(response.status).toBe(own.length === 0 ? 204 : 200);
    for (const row of own.length === 0 ? [] : ((await response.json()) as Json[])) {
      const ofPatient = own.filter(({ patient }) => patient === (row['00100020']?.Value?.[0] ?? ''));
      expect(row['00201208'].Value).toEqual([ofPatient.length]);
      expect(distinct(row['00080061'].Value)).toEqual(distinct(ofPatient.map(({ modality }) => modality)));
    }
  }
  const metadata = await fetch(`${scope}/metadata`);
  expect(metadata.status).toBe(own.length === 0 ? 404 : 200);
  if (own.length > 0) {
    const rows = (await metadata.json()) as Json[];
    expect(distinct(rows.map((row) => row['00080018'].Value[0]))).toEqual(
      distinct(own.map(({ instance }) => instance)),
    );
  } else await metadata.arrayBuffer();
  const native = await fetch(scope, {
    headers: { accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' },
  });
  expect(native.status).toBe(own.length === 0 ? 404 : 200);
  const parts = own.length === 0 ? [] : await readParts(native);
  expect(distinct(parts.map(({ body }) => readIdentity(body).sopInstanceUid))).toEqual(
    distinct(own.map(({ instance }) => instance)),
  );
  if (own.length === 0) await native.arrayBuffer();
  for (const path of ['/frames/1', '/rendered', '/metadata']) {
    const response = await fetch(at + path, {
      headers: { accept: path === '/frames/1' ? 'application/octet-stream; transfer-syntax=*' : '*/*' },
    });
    expect([path, some.instance, response.status]).toEqual([path, some.instance, isSeen ? 200 : 404]);
    await response.arrayBuffer();
  }
}

test('no row, count, link or byte that a rule forbids, and nothing is missing that it allows', async () => {
  await fc.assert(
    fc.asyncProperty(anyQuestion, async ({ rules, origin, filter, first, objects }) => {
      facade.rules.set('bound', { rows: rulesOf(rules) });
      const visible = visibleOf(rules, origin);
      const isListed = rules.some(({ origins }) => origins === null || origins.includes(origin));
      if (isListed) {
        await checkSearches(origin, filter, first, visible);
        await checkNodes(origin, visible, objects);
        if (origin === 'able') await checkBelow(visible, filter);
      }
      const ofAble = world.filter((file) => isAllowed(file, rules, 'able'));
      for (const n of objects.slice(0, 24)) await checkLink(links[n % links.length] as Link, ofAble);
      for (const n of objects.slice(24, 26)) await checkRoot(roots[n % roots.length] as Root, ofAble, objects[30] ?? 0);
    }),
    { numRuns: runs },
  );
}, 300_000);
