import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readIdentity } from '../../src/part10/read-identity.ts';
import { type Attributes, dicomFile, readParts, tinyImage } from '../support/archive.ts';
import { ableOrigin } from '../support/graphql.ts';
import { type RuledFacade, type RuledOptions, startRuled } from '../support/ruled.ts';
import { fileOf, rulesOf, where, world } from '../support/ruled-world.ts';
import { postFiles } from '../support/upload.ts';

const notAuthorized = 0x0124;
const duplicate = 0x0111;
const everything = { rows: null };

async function start(options: Partial<RuledOptions> = {}): Promise<RuledFacade> {
  const facade = await startRuled({ files: world.map(fileOf), ...options });
  onTestFinished(() => facade[Symbol.asyncDispose]());
  return facade;
}

interface Minted {
  readonly native: string;
  readonly template: string;
  readonly rendered: string;
  readonly metadata: string;
  readonly root: string;
}

async function mint(facade: RuledFacade, name: string): Promise<Minted> {
  const { data, errors } = await facade.query(
    name,
    `{ instance(sopInstanceUID: "1.1.1.1") {
      study { retrieve { dicomweb { url } } }
      retrieve { native { url } frameTemplate { template } rendered { url } metadata { url } }
    } }`,
  );
  if (errors) throw new Error(JSON.stringify(errors));
  const { study, retrieve } = data.instance;
  return {
    native: retrieve.native.url,
    template: retrieve.frameTemplate.template,
    rendered: retrieve.rendered.url,
    metadata: retrieve.metadata.url,
    root: study.retrieve.dicomweb.url,
  };
}

async function open(url: string): Promise<{ readonly status: number; readonly code: string | null }> {
  const response = await fetch(url);
  const text = await response.text();
  return { status: response.status, code: response.ok ? null : JSON.parse(text).code };
}

const upload = async (facade: RuledFacade, name: string): Promise<string> => {
  const { data, errors } = await facade.query(name, 'mutation { createUpload(input: {}) { url } }');
  if (errors) throw new Error(JSON.stringify(errors));
  return data.createUpload.url;
};

const newFile = (attributes: Record<string, string>) =>
  dicomFile({
    ...tinyImage,
    PatientID: 'P-1',
    StudyInstanceUID: '2.1',
    SeriesInstanceUID: '2.1.1',
    SOPInstanceUID: '2.1.1.1',
    Modality: 'CT',
    ...attributes,
  });

/** Every URL and template of an answer, as it stands in it. */
function linksIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.startsWith('http') ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(linksIn) : [];
}

test('a link is judged by what its subject may do when it is opened', async () => {
  const facade = await start();
  facade.rules.set('mary', everything);
  const { native, rendered, root } = await mint(facade, 'mary');
  expect(await open(native)).toEqual({ status: 200, code: null });
  facade.rules.set('mary', { rows: null, scopes: ['rendered', 'search', 'patient-data'] });
  expect(await open(native)).toEqual({ status: 403, code: 'FORBIDDEN' });
  expect(await open(rendered)).toEqual({ status: 200, code: null });
  expect(await open(`${root}/studies`)).toEqual({ status: 403, code: 'FORBIDDEN' });
  facade.rules.set('mary', { rows: rulesOf([where('PatientID', 'P-2')]) });
  expect(await open(native)).toEqual({ status: 404, code: 'NOT_FOUND' });
  expect(await open(rendered)).toEqual({ status: 404, code: 'NOT_FOUND' });
  expect(await open(`${root}/studies`)).toEqual({ status: 204, code: null });
  facade.rules.delete('mary');
  expect(await open(native)).toEqual({ status: 403, code: 'FORBIDDEN' });
  facade.rules.set('mary', everything);
  expect(await open(native)).toEqual({ status: 200, code: null });
});

test('who has lost patient-data opens nothing of what was minted with it', async () => {
  const facade = await start();
  facade.rules.set('mary', everything);
  const { native, metadata, rendered, root } = await mint(facade, 'mary');
  facade.rules.set('mary', { rows: null, scopes: ['search', 'metadata', 'rendered', 'native'] });
  for (const url of [native, metadata, rendered, `${root}/studies`]) {
    expect(await open(url)).toEqual({ status: 403, code: 'FORBIDDEN' });
  }
});

test('who never had patient-data opens the pixels that a link was given for', async () => {
  const facade = await start({
    files: [newFile({ BurnedInAnnotation: 'NO', SOPClassUID: '1.2.840.10008.5.1.4.1.1.2' })],
  });
  facade.rules.set('mary', { rows: null, scopes: ['search', 'metadata', 'rendered', 'native'] });
  const { data } = await facade.query(
    'mary',
    '{ searchInstances { nodes { retrieve { rendered { url } frame(number: 1) { native { url } } } } } }',
  );
  const links = data.searchInstances.nodes
    .flatMap(
      ({ retrieve }: { retrieve: { rendered: { url: string } | null; frame: { native: { url: string } | null } } }) => [
        retrieve.rendered?.url ?? [],
        retrieve.frame.native?.url ?? [],
      ],
    )
    .flat();
  expect(links).toHaveLength(2);
  for (const url of links) expect(await open(url)).toEqual({ status: 200, code: null });
});

describe.each([false, true])('where all links are opaque: %s', (opaqueLinks) => {
  const ct = '1.2.840.10008.5.1.4.1.1.2';
  const files = [
    newFile({ BurnedInAnnotation: 'NO', SOPClassUID: ct }),
    newFile({ BurnedInAnnotation: 'YES', SOPClassUID: ct, SOPInstanceUID: '2.1.1.2' }),
  ];
  const ofImages = `{ searchInstances { nodes { retrieve {
    rendered { url } thumbnail { url } frame(number: 1) { native { url } rendered { url } }
    frameTemplate { template } renderedFrameTemplate { template }
  } } } }`;
  const ofGroups =
    '{ searchStudies { nodes { retrieve { thumbnail { url } } series { nodes { retrieve { thumbnail { url } } } } } } }';
  const withPatientData = { rows: null, scopes: ['search', 'metadata', 'rendered', 'native', 'patient-data'] } as const;
  const without = { rows: null, scopes: ['search', 'metadata', 'rendered', 'native'] } as const;

  const mintFrom = async (facade: RuledFacade, query: string): Promise<readonly string[]> => {
    const { data } = await facade.query('mary', query);
    return linksIn(data).map((link) => link.replace('{frame}', '1'));
  };

  test('who has lost patient-data opens no pixels that were linked with it', async () => {
    const facade = await start({ files, opaqueLinks });
    facade.rules.set('mary', withPatientData);
    const links = [...(await mintFrom(facade, ofImages)), ...(await mintFrom(facade, ofGroups))];
    expect(links).toHaveLength(2 * 6 + 2);
    for (const link of links) expect(await open(link)).toEqual({ status: 200, code: null });
    facade.rules.set('mary', without);
    for (const link of links) expect(await open(link)).toEqual({ status: 403, code: 'FORBIDDEN' });
  });

  test('who never had it opens links to the clean image, at no further cost, and goes on when it is granted', async () => {
    const facade = await start({ files, opaqueLinks });
    facade.rules.set('mary', without);
    expect(await mintFrom(facade, ofGroups)).toEqual([]);
    const links = await mintFrom(facade, ofImages);
    expect(links).toHaveLength(6);
    facade.requests.length = 0;
    for (const link of links) expect(await open(link)).toEqual({ status: 200, code: null });
    expect(facade.requests.filter((path) => !path.startsWith(`/studies/2.1/series/2.1.1/instances/2.1.1.1/`))).toEqual(
      [],
    );
    expect(facade.requests.filter((path) => path.includes('metadata'))).toEqual([]);
    facade.rules.set('mary', withPatientData);
    for (const link of links) expect((await open(link)).status).toBe(200);
  });

  test('who came with several claims opens what was given to the one without patient-data by that one too', async () => {
    const facade = await start({ files, opaqueLinks });
    facade.rules.set('mary', without);
    facade.rules.set('mary/1', withPatientData);
    const [withIt = ''] = linksIn((await facade.query('mary/1', ofImages)).data);
    const [clean = ''] = linksIn((await facade.query('mary', ofImages)).data);
    expect([(await open(withIt)).status, (await open(clean)).status]).toEqual([200, 200]);
    facade.rules.delete('mary/1');
    expect([(await open(withIt)).status, (await open(clean)).status]).toEqual([403, 200]);
  });
});

test('what may not be seen is answered as what is not there', async () => {
  const facade = await start();
  facade.rules.set('mary', everything);
  const { native, metadata, root } = await mint(facade, 'mary');
  facade.rules.set('mary', { rows: rulesOf([where('PatientID', 'P-2')]) });
  const answers = await Promise.all(
    [native, metadata, `${root}/studies/1.1`, `${root}/studies/1.1/metadata`, `${root}/studies/9.9/metadata`].map(
      async (url) => {
        const response = await fetch(url);
        const { date: _date, 'x-request-id': _id, ...headers } = Object.fromEntries(response.headers);
        return { status: response.status, headers, body: await response.text() };
      },
    ),
  );
  const missing = answers.at(-1);
  for (const answer of answers) expect({ ...answer, headers: null }).toEqual({ ...missing, headers: null });
  for (const answer of answers.slice(2)) expect(answer.headers).toEqual(missing?.headers);
});

test('every frame of a template is judged, by one look at the metadata of its instance', async () => {
  const facade = await start();
  facade.rules.set('mary', { rows: rulesOf([where('PatientID', 'P-1')]) });
  const frame = (await mint(facade, 'mary')).template.replace('{frame}', '1');
  facade.requests.length = 0;
  for (let n = 0; n < 3; n++) expect((await open(frame)).status).toBe(200);
  const at = '/studies/1.1/series/1.1.1/instances/1.1.1.1';
  expect(facade.requests.sort()).toEqual([...Array(3).fill(`${at}/frames/1`), `${at}/metadata`]);
  facade.rules.set('mary', { rows: rulesOf([where('PatientID', 'P-2')]) });
  expect((await open(frame)).status).toBe(404);
});

test('a link costs the origin nothing more where its subject may see everything', async () => {
  const facade = await start();
  facade.rules.set('mary', everything);
  const { native } = await mint(facade, 'mary');
  facade.requests.length = 0;
  await open(native);
  expect(facade.requests).toEqual(['/studies/1.1/series/1.1.1/instances/1.1.1.1']);
});

test('another process opens links where it shares the folder, and refuses them where it does not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ruled-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const minting = await start({ folder });
  const sharing = await start({ folder });
  const apart = await start();
  for (const { rules } of [minting, sharing, apart]) rules.set('mary', everything);
  const path = new URL((await mint(minting, 'mary')).native).pathname;
  expect(await open(`${sharing.url}${path}`)).toEqual({ status: 200, code: null });
  expect(await open(`${apart.url}${path}`)).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
});

test('links of nobody in particular need nothing kept, and are what nobody in particular may see now', async () => {
  const minting = await start();
  const apart = await start();
  minting.rules.set('anonymous', everything);
  const path = new URL((await mint(minting, '')).native).pathname;
  apart.rules.set('anonymous', { rows: rulesOf([where('PatientID', 'P-1')]) });
  expect((await open(`${apart.url}${path}`)).status).toBe(200);
  apart.rules.set('anonymous', { rows: rulesOf([where('PatientID', 'P-2')]) });
  expect((await open(`${apart.url}${path}`)).status).toBe(404);
});

test('who came with several claims opens what any of them may see, each judged with its own scopes', async () => {
  const facade = await start();
  facade.rules.set('mary/1', { rows: rulesOf([where('PatientID', 'P-1')]) });
  facade.rules.set('mary/2', { rows: rulesOf([where('PatientID', 'P-2')]) });
  const { native } = await mint(facade, 'mary/1');
  await facade.query('mary/2', '{ study(studyInstanceUID: "1.3") { retrieve { native { url } } } }');
  expect((await open(native)).status).toBe(200);
  facade.rules.set('mary/1', { rows: rulesOf([where('PatientID', 'P-1')]), scopes: ['search'] });
  expect((await open(native)).status).toBe(404);
});

test('a search below a root does not match what may not be seen', async () => {
  const facade = await start();
  facade.rules.set('mary', { rows: rulesOf([where('InstitutionName', 'North')]) });
  const { data } = await facade.query('mary', '{ study(studyInstanceUID: "1.3") { retrieve { dicomweb { url } } } }');
  const { url } = data.study.retrieve.dicomweb;
  const [ct, mr] = await Promise.all(['CT', 'MR'].map((one) => fetch(`${url}/studies?ModalitiesInStudy=${one}`)));
  expect([ct?.status, mr?.status]).toEqual([200, 204]);
  const page = await fetch(`${url}/instances?limit=1`);
  expect([page.status, page.headers.get('warning')]).toEqual([200, null]); // nothing is behind the first
});

test('files of a study are judged by what stands in them, wherever that begins', async () => {
  const many = (patient: string, instance: string, more: Attributes) =>
    dicomFile({
      ...tinyImage,
      PatientID: patient,
      StudyInstanceUID: '3.1',
      SeriesInstanceUID: '3.1.1',
      SOPInstanceUID: `3.1.1.${instance}`,
      Modality: 'CT',
      PixelData: new Uint16Array(40_000),
      ...more,
    });
  const large = { '00091001': 'x'.repeat(60_000), '00090010': 'SOMEBODY' };
  const facade = await start({
    files: [
      many('P-1', '1', {}),
      many('P-2', '2', large),
      many('P-1', '3', large),
      many('P-2', '4', {}),
      many('P-1', '5', {}),
    ],
  });
  facade.rules.set('mary', { rows: rulesOf([where('PatientID', 'P-1')]) });
  const { data } = await facade.query('mary', '{ study(studyInstanceUID: "3.1") { retrieve { native { url } } } }');
  const parts = await readParts(await fetch(data.study.retrieve.native.url));
  expect(parts.map(({ body }) => readIdentity(body).sopInstanceUid)).toEqual(['3.1.1.1', '3.1.1.3', '3.1.1.5']);
});

test('where rows do not tell what rules are about, metadata does', async () => {
  const facade = await start({ origins: { able: { ...ableOrigin, includeField: false, instanceMetadata: false } } });
  facade.rules.set('mary', { rows: rulesOf([where('PatientID', 'P-2')]) });
  const { data } = await facade.query(
    'mary',
    `{ study(studyInstanceUID: "1.6") {
      retrieve { native { url } thumbnail { url } dicomweb { url } }
      instances { nodes { retrieve { frameTemplate { template } } } }
    } }`,
  );
  const { retrieve, instances } = data.study;
  const parts = await readParts(await fetch(retrieve.native.url));
  expect(parts.map(({ body }) => readIdentity(body).sopInstanceUid)).toEqual(['1.6.2.1', '1.6.2.2']);
  const rows = await (await fetch(`${retrieve.dicomweb.url}/instances`)).json();
  expect(rows.map((row: Record<string, { Value: string[] }>) => row['00080018']?.Value[0])).toEqual([
    '1.6.2.1',
    '1.6.2.2',
  ]);
  expect((await open(retrieve.thumbnail.url)).status).toBe(200);
  for (const { retrieve: of } of instances.nodes) {
    expect((await open(of.frameTemplate.template.replace('{frame}', '1'))).status).toBe(200);
  }
});

test('an upload stores what its subject may see, in a new study or one of which something may be seen', async () => {
  const facade = await start();
  facade.rules.set('mary', { rows: rulesOf([where('PatientID', 'P-1')]) });
  const report = await postFiles(await upload(facade, 'mary'), [
    newFile({}),
    newFile({ StudyInstanceUID: '1.1', SeriesInstanceUID: '1.1.9', SOPInstanceUID: '1.1.9.1' }),
    newFile({ PatientID: 'P-2', StudyInstanceUID: '2.2', SOPInstanceUID: '2.2.1.1' }), // not hers to see
    newFile({ StudyInstanceUID: '1.4', SOPInstanceUID: '1.4.9.1' }), // a study of somebody else
    newFile({ PatientID: 'P-2', StudyInstanceUID: '1.1', SOPInstanceUID: '1.1.9.2' }), // somebody else in her study
    newFile({ StudyInstanceUID: '1.1', SOPInstanceUID: '1.1.1.1' }), // there already
  ]);
  expect(report.stored).toEqual(['2.1.1.1', '1.1.9.1']);
  expect(report.failed).toEqual([
    ['2.2.1.1', notAuthorized],
    ['1.4.9.1', notAuthorized],
    ['1.1.9.2', notAuthorized],
    ['1.1.1.1', duplicate],
  ]);
});

test('an upload whose subject may store no more takes nothing, and its link is not spent', async () => {
  const facade = await start();
  facade.rules.set('mary', everything);
  const url = await upload(facade, 'mary');
  facade.rules.set('mary', { rows: null, scopes: ['native'] });
  const refused = await fetch(url, { method: 'POST', body: new Uint8Array(newFile({})) });
  expect([refused.status, (await refused.json()).code]).toEqual([403, 'FORBIDDEN']);
  facade.rules.set('mary', everything);
  expect((await postFiles(url, newFile({}))).stored).toEqual(['2.1.1.1']);
});
