import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Scope, scopes } from '../../src/access/scopes.ts';
import { startTestArchive, type TestArchive } from '../support/archive.ts';
import { ableOrigin } from '../support/graphql.ts';
import { type HeldOrigin, startHeldOrigin } from '../support/held-origin.ts';
import { type Ruled, type RuledFacade, startRuled } from '../support/ruled.ts';
import { fileOf, rulesOf, type WorldRule, where, world } from '../support/ruled-world.ts';

/** Of patient P-1, in the institution North. */
const ref = { study: '1.1', series: '1.1.1', instance: '1.1.1.1' };
const bound = (...rules: readonly WorldRule[]): Ruled => ({ rows: rulesOf(rules) });
const own = where('PatientID', 'P-1');
const without = (...taken: readonly Scope[]): Ruled => ({
  rows: rulesOf([own]),
  scopes: scopes.filter((scope) => !taken.includes(scope)),
});

/** What is opened, and the scope that it needs. */
const forms = {
  'an instance': 'native',
  'a frame': 'native',
  'a frame of a template': 'native',
  'a value': 'native',
  'an image': 'rendered',
  'an image of a template': 'rendered',
  'an image that the gateway draws': 'rendered',
  'a thumbnail': 'rendered',
  'metadata of an instance': 'metadata',
  'metadata of a study': 'metadata',
  'a frame below a root': 'native',
  'an image below a root': 'rendered',
  'a value below a root': 'native',
  'metadata below a root': 'metadata',
} as const satisfies Record<string, Scope>;
type Form = keyof typeof forms;
const names = Object.keys(forms) as Form[];

type Minted = Readonly<Record<Form, string>>;

/** Links of one and the same object, minted for this name. */
async function mint(facade: RuledFacade, name: string): Promise<Minted> {
  const retrieve = `native { url } metadata { url } rendered { url } thumbnail { url } frame(number: 1) { native { url } }
    frameTemplate { template } renderedFrameTemplate { template } bulkData { link { url } } dicomweb { url }`;
  const { data, errors } = await facade.query(
    name,
    `{ able: study(studyInstanceUID: "${ref.study}") { retrieve { metadata { url } dicomweb { url } }
         instances { nodes { sopInstanceUID retrieve { ${retrieve.replace('dicomweb { url }', '')} } } } }
       unable: instance(origin: "unable", studyInstanceUID: "${ref.study}", sopInstanceUID: "${ref.instance}") {
         retrieve { rendered { url } } } }`,
  );
  if (errors) throw new Error(JSON.stringify(errors));
  const node = data.able.instances.nodes.find((one: { sopInstanceUID: string }) => one.sopInstanceUID === ref.instance);
  const links = node.retrieve;
  const root = data.able.retrieve.dicomweb.url;
  const below = `${root}/studies/${ref.study}/series/${ref.series}/instances/${ref.instance}`;
  const [row] = await json(`${below}/metadata`);
  return {
    'an instance': links.native.url,
    'a frame': links.frame.native.url,
    'a frame of a template': links.frameTemplate.template.replace('{frame}', '1'),
    'a value': links.bulkData[0].link.url,
    'an image': links.rendered.url,
    'an image of a template': links.renderedFrameTemplate.template.replace('{frame}', '1'),
    'an image that the gateway draws': data.unable.retrieve.rendered.url,
    'a thumbnail': links.thumbnail.url,
    'metadata of an instance': links.metadata.url,
    'metadata of a study': data.able.retrieve.metadata.url,
    'a frame below a root': `${below}/frames/1`,
    'an image below a root': `${below}/rendered`,
    'a value below a root': row['00282000'].BulkDataURI,
    'metadata below a root': `${below}/metadata`,
  };
}

// biome-ignore lint/suspicious/noExplicitAny: metadata, as its reader looks at it
const json = async (url: string): Promise<any> => (await fetch(url)).json();

const acceptOf = (form: Form): string =>
  form === 'a frame below a root' ? 'multipart/related; type="application/octet-stream"; transfer-syntax=*' : '*/*';

interface Opened {
  readonly status: number;
  readonly body: Buffer;
}

async function open(form: Form, minted: Minted): Promise<Opened> {
  const response = await fetch(minted[form], { headers: { accept: acceptOf(form) } });
  return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
}

const forbidden = (scope: Scope) => ({ status: 403, code: 'FORBIDDEN', facts: { scope } });
const missing = { type: 'about:blank', title: 'No such object', status: 404, code: 'NOT_FOUND', retryable: false };

/** A problem document and nothing else; nothing was asked of the archive for it. */
function expectRefusal(facade: RuledFacade, { status, body }: Opened, problem: { readonly status: number }): void {
  const told = JSON.parse(body.toString());
  expect(told).toEqual(status === 404 ? missing : expect.objectContaining(problem));
  expect([status, facade.requests]).toEqual([problem.status, []]);
}

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files: world.map(fileOf) });
});
afterAll(() => archive.close());

describe('what is kept because one opened it', () => {
  let facade: RuledFacade;
  let ofMary: Minted;
  let ofBob: Minted;
  beforeAll(async () => {
    facade = await startRuled({
      files: world.map(fileOf),
      origins: { able: ableOrigin, unable: { ...ableOrigin, rendering: false } },
      isCached: true,
    });
    for (const name of ['mary', 'bob']) facade.rules.set(name, bound(own));
    [ofMary, ofBob] = [await mint(facade, 'mary'), await mint(facade, 'bob')];
    for (const form of names) expect([form, (await open(form, ofMary)).status]).toEqual([form, 200]);
  });
  afterAll(() => facade[Symbol.asyncDispose]());
  beforeEach(() => {
    for (const name of ['mary', 'bob']) facade.rules.set(name, bound(own));
    facade.requests.length = 0;
  });

  test.each(names)('is given again, and to another who may see it, without a question: %s', async (form) => {
    const [again, another] = [await open(form, ofMary), await open(form, ofBob)];
    expect([again.status, another.status, facade.requests]).toEqual([200, 200, []]);
  });

  test.each(names)('is not given when its scope is taken away: %s', async (form) => {
    facade.rules.set('mary', without(forms[form]));
    expectRefusal(facade, await open(form, ofMary), forbidden(forms[form]));
    facade.rules.set('mary', without('patient-data'));
    expectRefusal(facade, await open(form, ofMary), forbidden('patient-data'));
    facade.rules.delete('mary');
    expectRefusal(facade, await open(form, ofMary), forbidden(forms[form]));
  });

  test.each(names)('is not given when rules do not allow it any more, whatever they are about: %s', async (form) => {
    const others: readonly WorldRule[] = [
      where('PatientID', 'P-2'),
      where('InstitutionName', 'South'),
      where('SOPClassUID', '1.2.3'),
      { ...own, studies: ['1.2'] },
      { ...own, origins: ['another'] },
    ];
    for (const rule of others) {
      facade.rules.set('mary', bound(rule));
      expectRefusal(facade, await open(form, ofMary), missing);
    }
    facade.rules.set('mary', bound());
    expectRefusal(facade, await open(form, ofMary), missing);
    facade.rules.set('mary', bound(...others, own));
    expect((await open(form, ofMary)).status).toBe(200);
  });

  test.each(names)('is not given to another who may not see it: %s', async (form) => {
    facade.rules.set('bob', bound(where('PatientID', 'P-2')));
    expectRefusal(facade, await open(form, ofBob), missing);
    facade.rules.set('bob', without(forms[form]));
    expectRefusal(facade, await open(form, ofBob), forbidden(forms[form]));
    expect((await open(form, ofMary)).status).toBe(200);
  });

  test('does not answer a range, or a question whether it changed, of one who may not see it', async () => {
    const url = ofMary['an instance'];
    const seen = await fetch(url, { headers: { range: 'bytes=128-131' } });
    const etag = seen.headers.get('etag') ?? '';
    expect([seen.status, await seen.text(), etag]).toEqual([206, 'DICM', expect.stringMatching(/^".{43}"$/)]);
    facade.rules.set('mary', bound(where('PatientID', 'P-2')));
    for (const headers of [{ range: 'bytes=128-131' }, { 'if-none-match': etag }, { 'if-none-match': '*' }]) {
      const response = await fetch(url, { headers });
      expect([response.status, response.headers.get('etag'), await response.json()]).toEqual([404, null, missing]);
    }
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('etag'), facade.requests]).toEqual([404, null, []]);
  });
});

test('metadata of a study with two patients is asked for once, and of it each is given what they may see', async () => {
  await using facade = await startRuled({ files: world.map(fileOf), isCached: true });
  const patients = { mary: 'P-1', bob: 'P-2' };
  const urls: string[] = [];
  for (const [name, patient] of Object.entries(patients)) {
    facade.rules.set(name, bound(where('PatientID', patient)));
    const { data } = await facade.query(name, '{ study(studyInstanceUID: "1.6") { retrieve { metadata { url } } } }');
    urls.push(data.study.retrieve.metadata.url);
  }
  facade.requests.length = 0;
  const rows = await Promise.all(urls.map(json));
  type Row = Record<string, { readonly Value: readonly string[] }>;
  const uids = rows.map((some: readonly Row[]) => some.map((row) => row['00080018']?.Value[0]));
  expect(uids).toEqual([['1.6.1.1'], ['1.6.2.1', '1.6.2.2']]);
  expect(facade.requests).toEqual(['/studies/1.6/metadata']);
});

describe('what is on its way to one who may see it', () => {
  const payload = /\/(frames\/1|rendered|thumbnail|bulkdata\/.*|instances\/[\d.]+)(\?.*)?$/;
  const onTheirWay = names.filter((form) => forms[form] !== 'metadata' && form !== 'an image that the gateway draws');
  let origin: HeldOrigin;
  let facade: RuledFacade;
  beforeEach(async () => {
    origin = await startHeldOrigin(archive.url, (path) => payload.test(path));
    facade = await startRuled({
      files: [],
      origins: { able: ableOrigin, unable: ableOrigin },
      urls: { able: origin.url, unable: archive.url },
      isCached: true,
    });
  });
  afterEach(async () => {
    await facade[Symbol.asyncDispose]();
    await origin[Symbol.asyncDispose]();
  });
  const joined = (): number => (facade.caches?.reports ?? []).reduce((sum, report) => sum + report.joined, 0);

  test.each(onTheirWay)('is joined by another who may, and by no one else: %s', async (form) => {
    for (const name of ['mary', 'ann', 'bob', 'eve']) facade.rules.set(name, bound(own));
    const minted = await Promise.all(['mary', 'ann', 'bob', 'eve'].map((name) => mint(facade, name)));
    const [ofMary, ofAnn, ofBob, ofEve] = minted as [Minted, Minted, Minted, Minted];
    await json(ofMary['metadata of an instance']); // so that nobody has to be judged anew
    facade.rules.set('bob', bound(where('PatientID', 'P-2')));
    facade.rules.set('eve', without(forms[form]));
    const before = joined();
    const first = open(form, ofMary);
    await expect.poll(() => origin.held).toHaveLength(1);
    const second = open(form, ofAnn);
    await expect.poll(joined).toBe(before + 1);
    expect(JSON.parse((await open(form, ofBob)).body.toString())).toEqual(missing);
    expect(JSON.parse((await open(form, ofEve)).body.toString())).toMatchObject(forbidden(forms[form]));
    expect([joined(), origin.held.length]).toEqual([before + 1, 1]);
    origin.release();
    const [mary, ann] = await Promise.all([first, second]);
    expect([mary.status, ann.status, mary.body.length > 0]).toEqual([200, 200, true]);
    if (form !== 'a frame below a root') expect(ann.body).toEqual(mary.body); // its boundary is another each time
  });
});
