import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dicomFile, startTestArchive, type TestArchive, tinyImage } from '../support/archive.ts';
import { findCanaries } from '../support/canaries.ts';
import { rawRequest } from '../support/gateway.ts';
import { type QuirkyOrigin, reply, replyInPart, startQuirkyOrigin } from '../support/quirky-origin.ts';
import { multipartOf } from '../support/upload.ts';

// A patient, a key, credentials and questions that occur nowhere else. The program is asked everything it can be asked, well
// and badly, in front of an archive that tells of the patient wherever it can and fails in every way. Then all that the
// program has written is looked through.

const patient = {
  PatientName: 'Quetzalcanary^Xiomara=鶯谷^囀子',
  PatientID: 'CANARY-7391-ID',
  PatientBirthDate: '19310229',
  AccessionNumber: 'CANARYACC55',
  StudyDescription: 'Canarydescription of a rare disease',
  ReferringPhysicianName: 'Refcanary^Physician',
};
const uids = { StudyInstanceUID: '2.25.73917391', SeriesInstanceUID: '2.25.73917392', SOPInstanceUID: '2.25.73917393' };
/** A value that was asked by, wherever a value stands: strings, variables, headers, paths. */
const asked = 'Askedcanary';
/** A name that a document has: of a field, an argument, an operation, a fragment, an alias; or a key of its variables. */
const named = 'Namedcanary';
const credentials = ['originuser-canary', 'origin-password-canary9', 'callertokencanary1234567890'];
const secret = 'c2VjcmV0LWNhbmFyeS1zZWNyZXQtY2FuYXJ5LXNlY3JldC1jYW5hcnk';
const sentHeader = 'Headercanary';

const planted = [
  ...Object.values(patient),
  ...Object.values(patient).map((text) => encodeURIComponent(text)),
  'Quetzalcanary',
  'Xiomara',
  '囀子',
  asked,
  named,
  ...credentials,
  Buffer.from(`${credentials[0]}:${credentials[1]}`).toString('base64'),
  secret,
  sentHeader,
];

type Fault = 'none' | 'page' | 'json' | 'status' | 'redirect' | 'headers' | 'half' | 'type' | 'reset';
const faults: readonly Fault[] = ['page', 'json', 'status', 'redirect', 'headers', 'half', 'type', 'reset'];

const everything = JSON.stringify(patient);
let archive: TestArchive;
let origin: QuirkyOrigin;
let fault: Fault = 'none';
let url = '';
let child: ChildProcess;
const state = mkdtempSync(join(tmpdir(), 'canaries-'));
const output = { stdout: '', stderr: '' };
/** What callers were told of errors: problem documents and errors of GraphQL. */
const told: string[] = [];

beforeAll(async () => {
  archive = await startTestArchive({ files: [dicomFile({ ...tinyImage, ...patient, ...uids })], writable: true });
  origin = await startQuirkyOrigin(async (socket, { target, headers }) => {
    if (fault === 'status')
      return reply(socket, { status: 500, headers: { 'content-type': 'text/plain' }, body: everything });
    if (fault === 'page')
      return reply(socket, { headers: { 'content-type': 'text/html' }, body: `<h1>${everything}</h1>` });
    if (fault === 'json')
      return reply(socket, {
        headers: { 'content-type': 'application/dicom+json' },
        body: `[{"00100010":{"vr":"PN","Value":[{"Alphabetic":"Quetzalcanary`,
      });
    if (fault === 'redirect')
      return reply(socket, {
        status: 302,
        headers: { location: `http://127.0.0.1/${encodeURIComponent(patient.PatientName)}` },
      });
    if (fault === 'type')
      return reply(socket, {
        headers: { 'content-type': 'application/dicom+json' },
        body: JSON.stringify([{ '00100010': 'Quetzalcanary' }, 'Quetzalcanary']),
      });
    if (fault === 'reset') return void socket.resetAndDestroy();
    const response = await archive.get(target.slice('/dicom-web'.length), { accept: headers.get('accept') ?? '*/*' });
    const body = Buffer.from(await response.arrayBuffer());
    const type = { 'content-type': response.headers.get('content-type') ?? '' };
    if (fault === 'half')
      return replyInPart(
        socket,
        { headers: type, body: body.subarray(0, body.length / 2), promised: body.length },
        'reset',
      );
    const hostile =
      fault === 'headers'
        ? {
            warning: '299 x "Quetzalcanary"',
            etag: '"Quetzalcanary"',
            'x-patient': 'Quetzalcanary',
            'content-type': 'application/Quetzalcanary',
          }
        : {};
    reply(socket, { status: response.status, headers: { ...type, ...hostile }, body });
  });
  writeFileSync(join(state, 'keys'), `canary:${secret}\n`, { mode: 0o600 });
  const cli = join(import.meta.dirname, '../../src/cli.ts');
  const args = [
    '--port',
    '0',
    '--origin',
    origin.url,
    '--state-folder',
    state,
    '--links-keys-file',
    join(state, 'keys'),
  ];
  child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', cli, ...args, '--log-level', 'trace', '--audit-enabled', '--metrics'],
    {
      env: { PATH: process.env['PATH'] ?? '', DICOMWEB_GRAPHQL_BASIC: `${credentials[0]}:${credentials[1]}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const listening = Promise.withResolvers<string>();
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
    const [, found] = /(http:\/\/127\.0\.0\.1:\d+)\/graphql/.exec(output.stdout) ?? [];
    if (found) listening.resolve(found);
  });
  url = await listening.promise;
  for (let tries = 0; tries < 200 && (await fetch(`${url}/ready`)).status !== 200; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

afterAll(async () => {
  child.kill('SIGKILL');
  await origin.close();
  await archive.close();
  rmSync(state, { recursive: true, force: true });
});

async function ask(
  query: string,
  variables: object = {},
  headers: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${credentials[2]}`,
      'x-canary': sentHeader,
      ...headers,
    },
    body: JSON.stringify({ query, variables }),
  });
  const answer = JSON.parse((await response.text()) || '{}') as { data?: Record<string, unknown>; errors?: unknown };
  told.push(JSON.stringify(answer.errors ?? null));
  return answer.data ?? {};
}

async function open(link: string, options: RequestInit = {}): Promise<void> {
  try {
    const response = await fetch(link, options);
    const text = await response.text();
    if (response.status >= 400) told.push(text);
  } catch {
    // broken off in the middle of a body
  }
}

const searches: readonly (readonly [string, object])[] = [
  [
    'query Q($f: StudyFilter) { searchStudies(filter: $f) { nodes { patient { patientID patientName { raw ideographic { familyName } } } series { nodes { modality } } } } }',
    { f: { patientName: { contains: asked } } },
  ],
  [
    'query Q($f: StudyFilter) { searchStudies(filter: $f) { nodes { studyDescription } } }',
    { f: { patientID: { equals: patient.PatientID } } },
  ],
  [`{ searchStudies(filter: { patientName: { wildcard: "${asked}*" } }) { totalCount } }`, {}],
  [`{ searchStudies(filter: { patientName: { equals: "${asked}*\\\\" } }) { totalCount } }`, {}],
  [
    `{ searchStudies(filter: { attributes: [{ path: "${asked}", match: { text: { equals: "${asked}" } } }] }) { totalCount } }`,
    {},
  ],
  [`{ searchStudies(after: "${asked}") { totalCount } }`, {}],
  [
    `{ study(studyInstanceUID: "${uids.StudyInstanceUID}") { patient { patientName { raw } } attribute(path: "PatientName") { vr } series { nodes { instances { nodes { attributes(paths: ["PatientName", "${asked}"]) { vr } windows: attribute(path: "WindowCenter") { vr } } } } } } }`,
    {},
  ],
  [`{ ${named}: study(studyInstanceUID: "1.2.${'9'.repeat(20)}") { studyDescription } }`, {}],
  [`{ patient(patientID: "${asked}") { patientName { raw } } }`, {}],
  [`{ node(id: "${asked}") { id } }`, {}],
  [`{ searchStudies(filter: { ${named}: "${asked}" }) { totalCount } }`, {}],
  [`{ searchStudies(${named}: "${asked}") { totalCount } }`, {}],
  [`{ searchStudies(filter: { patientName: { contains: ${asked} } }) { totalCount } }`, {}],
  [`{ searchStudies(filter: { studyDate: { from: "${asked}" } }) { totalCount } }`, {}],
  [`{ searchStudies(orderBy: ${asked}) { totalCount } }`, {}],
  [`{ study(studyInstanceUID: "${asked}") { studyDate } }`, {}],
  [`{ searchStudies(first: "${asked}) { totalCount } }`, {}],
  [`{ searchStudies(filter: { patientName: { contains: """${asked}) { totalCount } }`, {}],
  [`{ searchStudies(first: ${asked}  "${asked}") { totalCount } }`, {}],
  [`{ searchStudies(first: 1) "${asked}" }`, {}],
  [`{ searchStudies { ...${named} } } fragment ${named} on ${named} { x }`, {}],
  [`query ($a: Int = "${asked}") { searchStudies(first: $a) { totalCount } }`, {}],
  [`{ searchStudies @include(if: "${asked}") { totalCount } }`, {}],
  ['query ($f: StudyFilter) { searchStudies(filter: $f) { totalCount } }', { f: { patientName: asked } }],
  [
    'query ($f: StudyFilter) { searchStudies(filter: $f) { totalCount } }',
    { f: { patientName: { contains: [asked] } } },
  ],
  ['query ($f: StudyFilter) { searchStudies(filter: $f) { totalCount } }', { f: { studyDate: { from: asked } } }],
  [
    'query ($f: StudyFilter) { searchStudies(filter: $f) { totalCount } }',
    { f: { modality: { in: [{ [named]: asked }] } } },
  ],
  [`{ searchStudies(first: ${asked}) { totalCount } } # ${asked}`, {}],
  ['query Q($first: Int) { searchStudies(first: $first) { totalCount } }', { first: asked, [named]: 1 }],
  [`{ searchStudies { nodes { ${named} } } }`, {}],
  [`{ searchStudies { nodes { ${named} } }`, {}],
  [`query ${named} { studyStatistics(filter: { patientName: { startsWith: "${asked}" } }) { studies exactness } }`, {}],
  [`mutation { revokeLinks(input: { target: { study: { studyInstanceUID: "${asked}" } } }) { epoch } }`, {}],
  ['mutation { createUpload(input: {}) { url } }', {}],
];

const retrieve = `{ study(studyInstanceUID: "${uids.StudyInstanceUID}") {
  retrieve { native { url } metadata { url } thumbnail { url } dicomweb { url } }
  series { nodes { instances { nodes { retrieve { native { url } metadata { url } rendered { url } } } } } }
} }`;

async function links(): Promise<readonly string[]> {
  return [...JSON.stringify(await ask(retrieve)).matchAll(/http:[^"]*\/(?:links|dicomweb)\/[^"]*/g)].map(
    ([link]) => link,
  );
}

async function openAll(all: readonly string[]): Promise<void> {
  for (const link of all) {
    await open(link, { headers: { 'x-canary': sentHeader, authorization: `Bearer ${credentials[2]}` } });
    await open(`${link}?${asked}=${asked}`);
    await open(`${link.slice(0, -2)}AA`);
    if (!link.includes('/dicomweb/')) continue;
    await open(`${link}/studies?PatientName=${asked}`);
    await open(`${link}/series?${asked}=1`);
    await open(`${link}/studies/${uids.StudyInstanceUID}/metadata`);
    await open(`${link}/studies/${asked}`);
  }
}

async function upload(body: Uint8Array, contentType: string): Promise<void> {
  const { createUpload } = (await ask('mutation { createUpload(input: {}) { url } }')) as {
    createUpload?: { url: string };
  };
  if (createUpload)
    await open(createUpload.url, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { 'content-type': contentType, 'x-canary': sentHeader },
    });
}

/** Of whatever came out of the program, what should not have. */
const found = (text: string): readonly string[] => findCanaries(text, planted);

describe('where canaries are planted', () => {
  test('the program is asked all it can be asked, in front of an archive that fails in every way, and goes on', async () => {
    const good = await links();
    const served = await ask('{ searchStudies { nodes { patient { patientName { raw } } } } }');
    expect(JSON.stringify(served)).toContain(patient.PatientName);
    expect(good.length).toBeGreaterThan(5);
    for (const current of ['none', ...faults] as const) {
      fault = current;
      for (const [query, variables] of searches) await ask(query, variables);
      await openAll(current === 'none' ? good : good.slice(0, 4).concat(good.slice(-1)));
      await upload(dicomFile({ ...tinyImage, ...patient, ...uids }), 'application/dicom');
    }
    fault = 'none';
    const part10 = dicomFile({ ...tinyImage, ...patient, ...uids, SOPInstanceUID: '2.25.7' });
    const { contentType, body } = multipartOf([part10, Buffer.from(everything)]);
    await upload(body, contentType);
    await upload(body.subarray(0, 400), contentType);
    await upload(Buffer.from(everything), 'application/json');
    const { port } = new URL(url);
    for (const target of [
      `/${asked}`,
      `/graphql?query=${asked}`,
      `/links/${asked}`,
      `/dicomweb/${asked}/studies?PatientName=${asked}`,
      `//${asked}/x`,
      `/ready?${asked}`,
    ]) {
      told.push(
        (
          await rawRequest(Number(port), target, 'GET', {
            'x-canary': sentHeader,
            traceparent: asked,
            tracestate: `a=${asked}`,
          })
        ).body,
      );
      told.push(
        (await rawRequest(Number(port), target, 'DELETE', { origin: `http://${asked}`, host: `${asked}:1` })).body,
      );
    }
    await open(`${url}/graphql`, {
      method: 'POST',
      body: `{"query": "${asked}`,
      headers: { 'content-type': 'application/json' },
    });
    await open(`${url}/graphql`, { method: 'POST', body: asked, headers: { 'content-type': `text/${asked}` } });
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(told.length).toBeGreaterThan(150);
  }, 60_000);

  test('no problem document and no error tells of them', () => {
    // An error may say again which names of its caller's document there are not: never a value that stands in it.
    expect(told.some((text) => text.includes(named))).toBe(true);
    const others = planted.filter((canary) => canary !== named);
    expect(told.flatMap((text) => (findCanaries(text, others).length > 0 ? [text.slice(0, 300)] : []))).toEqual([]);
  });

  test('no metric tells of them', async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('dicomweb_origin_request_seconds');
    expect(found(metrics)).toEqual([]);
  });

  test('nothing that is printed or logged tells of them, down to the finest level', async () => {
    child.kill('SIGTERM');
    await once(child, 'close');
    expect(output.stderr).toContain('"route":"links"');
    const lines = `${output.stdout}\n${output.stderr}`.split('\n');
    expect(lines.flatMap((line) => (found(line).length > 0 ? [`${found(line)}: ${line.slice(0, 300)}`] : []))).toEqual(
      [],
    );
  });

  test('nothing in the state folder tells of them, the audit trail not either', () => {
    // What is kept of objects is the objects themselves (docs/caches.md).
    const files = readdirSync(state, { recursive: true, withFileTypes: true }).filter(
      (file) => file.isFile() && !file.parentPath.startsWith(join(state, 'payloads')),
    );
    const texts = files.map((file): [string, string] => [
      file.name,
      readFileSync(join(file.parentPath, file.name), 'utf8'),
    ]);
    expect(texts.some(([name]) => name.endsWith('.jsonl'))).toBe(true);
    const leaks = texts.flatMap(([name, text]) =>
      name === 'keys' || name.startsWith('link-key')
        ? []
        : text
            .split('\n')
            .flatMap((line) => planted.filter((canary) => line.includes(canary)).map((canary) => `${name}: ${canary}`)),
    );
    expect(leaks).toEqual([]);
  });
});
