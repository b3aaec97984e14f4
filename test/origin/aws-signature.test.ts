import { describe, expect, test } from 'vitest';
import { parseUid } from '../../src/dicom/uid.ts';
import { retrieveBulkData } from '../../src/origin/bulk-data.ts';
import type { Credentials } from '../../src/origin/credentials/credentials.ts';
import { retrieveInstance } from '../../src/origin/instance.ts';
import { type SearchQuery, search } from '../../src/origin/search.ts';
import { storeInstances } from '../../src/origin/store.ts';
import { signatureProblem } from '../support/aws-signature.ts';
import { createTestOrigin, rejectionOf } from '../support/origin-client.ts';
import { json, type QuirkyRequest, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const suiteKey = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
  service: 'service',
};

/** Of the Signature Version 4 test suite that AWS published (aws-sig-v4-test-suite), all at 20150830T123600Z. */
describe('the verifier of these tests takes what AWS signed', () => {
  const unreserved = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  test.each([
    ['get-vanilla', '/', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    [
      'get-vanilla-query-order-key-case',
      '/?Param2=value2&Param1=value1',
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    [
      'get-vanilla-query-unreserved',
      `/?${unreserved}=${unreserved}`,
      '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
    ],
    ['get-vanilla-utf8-query', '/?ሴ=bar', '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04'],
    ['get-unreserved', `/${unreserved}`, '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f'],
    ['get-utf8', '/ሴ', '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85'],
    ['get-space', '/example space/', '652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741'],
  ])('%s', (_, target, signature) => {
    const headers = new Map([
      ['host', 'example.amazonaws.com'],
      ['x-amz-date', '20150830T123600Z'],
      [
        'authorization',
        `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
      ],
    ]);
    expect(signatureProblem({ method: 'GET', target, headers }, suiteKey)).toBeNull();
    expect(signatureProblem({ method: 'POST', target, headers }, suiteKey)).toBe('another signature');
  });
});

const key = { region: 'eu-west-1', service: 'medical-imaging', accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a/b+c' };
const credentials: Credentials = { kind: 'aws', ...key };
const ref = { study: parseUid('1.2'), series: parseUid('1.2.3'), instance: parseUid('1.2.3.4') };
const row = json([{ '0020000D': { vr: 'UI', Value: ['1.2'] } }]);

const problemOf = ({ target, headers }: QuirkyRequest, method = 'GET') =>
  signatureProblem({ method, target, headers }, key);

describe('a request is signed as AWS checks it', () => {
  const searches: [what: string, query: SearchQuery][] = [
    ['a search', { level: 'study', matches: new Map(), includeFields: ['StudyDate', 'ModalitiesInStudy'], limit: 5 }],
    ['a list of UIDs', { level: 'study', matches: new Map([['StudyInstanceUID', '1.2,1.3']]), includeFields: [] }],
    ['a name', { level: 'study', matches: new Map([['PatientName', "O'Neil^Æneas *+/(1)"]]), includeFields: [] }],
    [
      'one of a series',
      { level: 'instance', scope: { study: ref.study, series: ref.series }, matches: new Map(), includeFields: [] },
    ],
  ];

  test.each(searches)('%s', async (_, query) => {
    await using archive = await startQuirkyOrigin((socket) => reply(socket, row));
    await using origin = createTestOrigin(archive.url, { credentials });
    await search(origin, query);
    expect(archive.requests.map((request) => problemOf(request))).toEqual([null]);
  });

  test('what it asks for, and who it is asked of, are part of it', async () => {
    await using archive = await startQuirkyOrigin((socket) =>
      reply(socket, { headers: { 'content-type': 'application/dicom' }, body: 'DICM' }),
    );
    await using origin = createTestOrigin(archive.url, { credentials });
    (await retrieveInstance(origin, ref, { transferSyntax: '*' })).body.resume();
    const request = archive.requests[0];
    if (request === undefined) throw new Error('No request');
    expect(problemOf(request)).toBeNull();
    for (const name of ['host', 'accept', 'x-amz-date', 'x-amz-content-sha256']) {
      const headers = new Map(request.headers).set(name, '20200101T000000Z');
      expect(problemOf({ ...request, headers }), name).not.toBeNull();
    }
    expect(problemOf({ ...request, target: request.target.replace('1.2.3.4', '1.2.3.5') })).toBe('another signature');
  });

  test('a path with escapes, which are signed escaped once more', async () => {
    await using archive = await startQuirkyOrigin((socket) =>
      reply(socket, { headers: { 'content-type': 'application/octet-stream' }, body: 'x' }),
    );
    await using origin = createTestOrigin(archive.url, { credentials, bulkDataPrefixes: ['/bulk/'] });
    (await retrieveBulkData(origin, '/bulk/1.2/1.2.3/1.2.3.4/a%20b:c=d?part=1%2F2')).body.resume();
    expect(archive.requests.map(({ target }) => target)).toEqual(['/bulk/1.2/1.2.3/1.2.3.4/a%20b:c=d?part=1%2F2']);
    expect(archive.requests.map((request) => problemOf(request))).toEqual([null]);
  });

  test('a temporary key, with its session token', async () => {
    await using archive = await startQuirkyOrigin((socket) => reply(socket, row));
    await using origin = createTestOrigin(archive.url, { credentials: { ...credentials, sessionToken: 'IQoJ/b3+==' } });
    await search(origin, { level: 'study', matches: new Map(), includeFields: [] });
    expect(archive.requests[0]?.headers.get('x-amz-security-token')).toBe('IQoJ/b3+==');
    expect(archive.requests.map((request) => problemOf(request))).toEqual([null]);
  });

  test('an upload, as a stream of known length', async () => {
    await using archive = await startQuirkyOrigin((socket) => reply(socket, { status: 200 }));
    await using origin = createTestOrigin(archive.url, { credentials });
    const file = {
      sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
      sopInstanceUid: '1.2.3.4',
      length: 4,
      open: async function* () {
        yield Buffer.from('DICM');
      },
    };
    await storeInstances(origin, null, [file]);
    const request = archive.requests[0];
    if (request === undefined) throw new Error('No request');
    expect(request.headers.get('x-amz-decoded-content-length')).toBe(request.headers.get('content-length'));
    expect(problemOf(request, 'POST')).toBeNull();
  });
});

test('a refused signature is an error without a word of the key', async () => {
  await using archive = await startQuirkyOrigin((socket) => reply(socket, { status: 403, body: 'InvalidSignature' }));
  await using origin = createTestOrigin(archive.url, { credentials });
  const error = await rejectionOf(search(origin, { level: 'study', matches: new Map(), includeFields: [] }));
  expect(error).toMatchObject({ code: 'ORIGIN_AUTH', status: 403 });
  expect(JSON.stringify(error) + String(error)).not.toMatch(/AKID|a\/b/);
});
