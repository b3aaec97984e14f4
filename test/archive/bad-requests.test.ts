import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestArchive, type TestArchive } from '../support/archive.ts';
import { sampleStudies } from './sample-studies.ts';

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files: sampleStudies() });
});
afterAll(() => archive.close());

/** Sends a request line as it stands: clients clean paths up before they send them. */
function sendRaw(target: string, host = 'localhost'): Promise<string> {
  const { port } = new URL(archive.url);
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    });
    socket.on('data', (data) => {
      received += data;
    });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
}

describe('what is refused', () => {
  test.each([
    ['an unknown keyword', '/studies?PatientsName=x'],
    ['a keyword in another case', '/studies?patientid=x'],
    ['a tag that is none of the dictionary', '/studies?00101234=x'],
    ['a key that is given twice', '/studies?PatientID=a&PatientID=b'],
    ['a key that is given by keyword and by tag', '/studies?PatientID=a&00100020=a'],
    ['a path through what is no sequence', '/studies?PatientID.StudyDate=20200101'],
    ['a path that ends in a dot', '/studies?RequestAttributesSequence.=x'],
    ['a value for a sequence', '/studies?RequestAttributesSequence=x'],
    ['a value for bulk data', '/instances?PixelData=x'],
    ['a date that is none', '/studies?StudyDate=20240230'],
    ['a date in another form', '/studies?StudyDate=2024-01-15'],
    ['a wildcard in a date', '/studies?StudyDate=2024*'],
    ['a range without ends', '/studies?StudyDate=-'],
    ['a time that is none', '/studies?StudyTime=2500'],
    ['a UID that is none', '/studies?StudyInstanceUID=1.2.x'],
    ['a wildcard in a UID', '/studies?StudyInstanceUID=1.2.*'],
    ['a UID list with backslashes', '/studies?StudyInstanceUID=1.1%5C1.2'],
    ['an empty entry in a UID list', '/studies?StudyInstanceUID=1.1,'],
    ['a number that is none', '/instances?InstanceNumber=one'],
    ['a negative limit', '/studies?limit=-1'],
    ['a limit that is no number', '/studies?limit=ten'],
    ['a limit with a fraction', '/studies?limit=1.5'],
    ['a negative offset', '/studies?offset=-1'],
    ['an empty offset', '/studies?offset='],
    ['two limits', '/studies?limit=1&limit=2'],
    ['an unknown includefield', '/studies?includefield=Nonsense'],
    ['includefield=all with others', '/studies?includefield=all,PatientID'],
    ['includefield=all besides another', '/studies?includefield=all&includefield=PatientID'],
    ['a switch that is neither true nor false', '/studies?fuzzymatching=yes'],
    ['an order by a lower level', '/studies?orderby=InstanceNumber'],
    ['an order by an unknown attribute', '/studies?orderby=Nonsense'],
    ['an escape that is no UTF-8', '/studies?PatientName=%E4%F6'],
    ['a broken escape', '/studies?PatientName=%4'],
    ['a study UID in the path that is none', '/studies/1.x/metadata'],
    ['a UID of 65 characters', `/studies/${'1'.repeat(65)}/metadata`],
    ['a series UID in the path that is none', '/studies/1.1/series/..%2f..'],
    ['an Accept that is no list of media types', '/studies?accept=nonsense'],
  ])('%s is 400', async (_what, path) => {
    const response = await archive.get(path);
    const body = (await response.json()) as Record<string, unknown>;
    expect([response.status, body['code']]).toEqual([400, 'BAD_USER_INPUT']);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  test.each([
    '/',
    '/study',
    '/studies/',
    '/studies/1.1/',
    '/studies/1.1/nothing',
    '/studies/1.1/metadata/more',
    '/studies/1.1/series/1.1.1/instances/1.1.1.1/frames',
    '/studies/1.1/series/1.1.1/instances/1.1.1.1/bulkdata',
    '/studies/9.9',
    '/studies/9.9/metadata',
    '/studies/1.2/series/1.1.1/metadata',
    '/studies/1.1/series/1.1.1/instances/1.1.2.1',
  ])('%s is 404', async (path) => {
    const response = await archive.get(path);
    expect([response.status, ((await response.json()) as Record<string, unknown>)['code']]).toEqual([404, 'NOT_FOUND']);
  });

  test.each([
    '//evil.example/dicomweb/studies',
    '/dicomweb/../studies',
    '/dicomweb//studies',
    '/dicomweb/studies/../../../../etc/passwd',
    '/dicomweb/studies/1.1/%2e%2e/series',
    'http://evil.example/dicomweb/studies',
    '*',
  ])('the target %s reaches nothing', async (target) => {
    expect(await sendRaw(target)).toMatch(/^HTTP\/1\.1 40[04] /);
  });

  test.each([
    ['127.0.0.1:80', 204],
    ['localhost', 204],
    ['[::1]:1', 204],
    ['evil.example', 421],
    ['127.0.0.1.evil.example', 421],
    ['localhost@evil.example', 421],
    ['evil.example:127.0.0.1', 421],
  ])('the Host %s is answered %i: a name that resolves to this machine is not this machine', async (host, status) => {
    expect(await sendRaw('/dicomweb/studies?limit=0', host)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  test('a search within an unknown study finds nothing, as in other archives', async () => {
    expect((await archive.get('/studies/9.9/series')).status).toBe(204);
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s is 405, with the methods that are allowed', async (method) => {
    const response = await fetch(`${archive.url}/studies`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  test('OPTIONS tells the methods', async () => {
    const response = await fetch(`${archive.url}/studies`, { method: 'OPTIONS' });
    expect([response.status, response.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
  });

  test('HEAD answers as GET does, without a body', async () => {
    const path = `${archive.url}/studies/1.1/series/1.1.1/instances/1.1.1.1`;
    const head = await fetch(path, { method: 'HEAD' });
    const got = await fetch(path);
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(got.headers.get('content-length'));
    expect(await head.text()).toBe('');
    await got.arrayBuffer();
  });

  test('an answer to a mistake does not repeat what was asked', async () => {
    const response = await archive.get('/studies?PatientName=Secret%5EName&StudyDate=Secret');
    expect(await response.text()).not.toContain('Secret');
  });

  test('a request line of 60 kB is taken', async () => {
    const uids = Array.from({ length: 900 }, (_, i) => `1.2.840.113619.2.55.3.604688119.868.1234567890.1234.${i}`);
    expect((await archive.get(`/studies?StudyInstanceUID=${uids.join(',')}`)).status).toBe(204);
  });
});
