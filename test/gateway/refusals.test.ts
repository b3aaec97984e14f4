import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signGrant } from '../../src/links/token.ts';
import { pathOf, rawRequest, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { grantOf, image, linkKeys, noon, study } from '../support/links.ts';
import { type QuirkyOrigin, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

let origin: QuirkyOrigin;
let gateway: TestGateway;
beforeAll(async () => {
  origin = await startQuirkyOrigin((socket) =>
    reply(socket, { headers: { 'content-type': 'application/dicom' }, body: 'DICM' }),
  );
  gateway = await startTestGateway(origin.url);
});
afterAll(async () => {
  await gateway.close();
  await origin.close();
});
beforeEach(() => {
  gateway.clock.now = noon;
  origin.requests.length = 0;
});

const refused = async (target: string, method = 'GET') => {
  const answer = await rawRequest(gateway.port, target, method);
  expect(origin.requests).toEqual([]);
  expect(answer.headers).toMatchObject({
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  return { ...answer, problem: JSON.parse(answer.body || '{}') };
};

const native = () => pathOf(gateway.links.native('test', image).url);
const template = () => pathOf(gateway.links.frameTemplate('test', image, 30).template);
const renderedTemplate = () => pathOf(gateway.links.renderedFrameTemplate('test', image, 30).template);
const forged = (path: string) => path.replace(/^(\/links\/.{20})(.)/, (_, begin, c) => begin + (c === 'A' ? 'B' : 'A'));

describe('a link that is not valid gets one answer, and the origin no request', () => {
  const targets: readonly [string, () => string][] = [
    ['nothing', () => '/links/'],
    ['no token at all', () => '/links/frames/1'],
    ['an altered character', () => forged(native())],
    ['half of one', () => native().slice(0, 100)],
    ['one with padding', () => `${native()}=`],
    ['one percent-encoded', () => native().replace('/links/A', '/links/%41')],
    ['another spelling of the path', () => native().replace('/links/', '/links//')],
    ['a dot segment', () => native().replace('/links/', '/links/./')],
    ['a way up', () => `${native()}/../x`],
    ['a slash behind', () => `${native()}/`],
    ['something behind', () => `${native()}/metadata`],
    ['upper case', () => native().replace('/links/', '/LINKS/')],
    ['a fragment', () => `${native()}#x`],
    ['another URL', () => `http://127.0.0.1:${gateway.port}${native()}`],
    ['a resource as a template', () => `${native()}/frames/1`],
    ['a resource as a rendered template', () => `${native()}/frames/1/rendered`],
    ['a template as a resource', () => template().replace('/frames/{frame}', '')],
    ['a frame template as a rendered one', () => template().replace('{frame}', '1/rendered')],
    ['a rendered template as one of frames', () => renderedTemplate().replace('{frame}/rendered', '1')],
    ['a template with more behind', () => template().replace('{frame}', '1/2')],
    ['a list of frames', () => template().replace('{frame}', '1/rendered/')],
    ['a link that is not good yet', () => `/links/${signGrant(grantOf({ notBefore: noon + 1 }), linkKeys)}`],
    ['a query behind a forged one', () => `${forged(native())}?accept=image/png`],
    ['a frame past the end of a forged one', () => forged(template()).replace('{frame}', '31')],
  ];

  test.each(targets)('%s', async (_, target) => {
    const { status, problem } = await refused(target());
    expect(status).toBe(403);
    expect(problem).toEqual({
      type: 'about:blank',
      title: 'The link is not valid',
      status: 403,
      code: 'LINK_INVALID',
      retryable: false,
      detail: 'The link is not valid',
      facts: {},
    });
  });
});

describe('an authentic link is refused', () => {
  test('once it has expired', async () => {
    const target = native();
    gateway.clock.now = noon + 600;
    const { status, problem } = await refused(target);
    expect(status).toBe(410);
    expect(problem).toMatchObject({ code: 'LINK_EXPIRED', facts: { expiredAt: '2026-11-22T12:10:00.000Z' } });
  });

  test.each([
    '0',
    '31',
    '-1',
    '+1',
    '01',
    '1.0',
    '1e1',
    '1,2',
    '1%2C2',
    '%31',
    '',
    '{frame}',
    '99999999999999999999',
    'x',
  ])('for frame %j of 30', async (frame) => {
    const { status, problem } = await refused(template().replace('{frame}', frame));
    expect(status).toBe(400);
    expect(problem).toMatchObject({ code: 'BAD_USER_INPUT', facts: { argument: 'frame' } });
  });

  test.each([
    '?',
    '?accept=image/jpeg',
    '?transfer-syntax=*',
    '?a=1&a=2',
    '?download=',
    '?download=0',
    '?download=1&download=1',
    '?download&a=1',
    '?Download',
    '?%64ownload',
  ])('with %s', async (query) => {
    for (const target of [native(), template().replace('{frame}', '1')]) {
      const { status, problem } = await refused(target + query);
      expect(status).toBe(400);
      expect(problem.code).toBe('BAD_USER_INPUT');
    }
  });

  test.each(['PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND'])('for %s', async (method) => {
    const { status, headers, problem } = await refused(native(), method);
    expect(status).toBe(405);
    expect(headers.allow).toBe('GET, HEAD, OPTIONS');
    expect(problem.code).toBe('BAD_USER_INPUT');
  });

  test('where its origin is not configured any more', async () => {
    const { status, problem } = await refused(pathOf(gateway.links.native('gone', image).url));
    expect(status).toBe(404);
    expect(problem.code).toBe('NOT_FOUND');
  });
});

test('no refusal repeats the link, a UID or the query', async () => {
  const target = `${native()}?patient=DOE`;
  const { body } = await refused(target);
  for (const secret of [target.slice(7, 40), study, 'DOE', 'test']) expect(body).not.toContain(secret);
});

test('HEAD is refused without a body', async () => {
  const { status, body, headers } = await refused(forged(native()), 'HEAD');
  expect(status).toBe(403);
  expect(body).toBe('');
  expect(Number(headers['content-length'])).toBeGreaterThan(0);
});

test('the same link without a fault is answered', async () => {
  const { status, body } = await rawRequest(gateway.port, native());
  expect([status, body]).toEqual([200, 'DICM']);
  expect(origin.requests).toHaveLength(1);
});
