import { describe, expect, test } from 'vitest';
import { findCanaries } from '../support/canaries.ts';
import { linksAt, noon } from '../support/links.ts';

describe('what the suite looks for in everything that is logged', () => {
  test.each([
    ['a name', '{"msg":"Phantom^Ada was here"}'],
    ['a name in another script', '{"msg":"幽霊^花子"}'],
    ['a patient id', '{"path":"/studies?x=PHANTOM-002"}'],
    ['an accession number', 'PH24-00117'],
    ['a query', 'GET /studies?PatientName=A*'],
    ['a bearer token', '"authorization":"Bearer abc123def"'],
    ['a JWT', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.x'],
    ['a link', linksAt(noon).native('test', { study: '1.2.3' }).url],
    ['a token of a link', linksAt(noon).native('test', { study: '1.2.3' }).url.split('/').at(-1) ?? ''],
    ['a link key', Buffer.alloc(32, 1).toString('base64url')],
    ['what a test planted', 'so xyzzy is here'],
  ])('%s is found', (_what, text) => expect(findCanaries(text, ['xyzzy'])).not.toEqual([]));

  test.each([
    [
      'a line of a request',
      '{"level":"info","time":"2026-11-22T12:00:00.000Z","requestId":"b5c8e0de-8d53-4a1c-9c1a-2f3f5f0f8f8e","traceId":"4bf92f3577b34da6a3ce929d0e0e4736","method":"GET","route":"links","status":200,"ms":3,"ended":true,"msg":"request"}',
    ],
    ['a stack', 'at async OriginClient.requestFor (file:///somewhere/src/origin/origin-client.ts:140:27)'],
    ['the help', '  --links-keys-file FILE     A file with one ID:SECRET a line.'],
  ])('%s is none of it', (_what, text) => expect(findCanaries(text)).toEqual([]));
});
