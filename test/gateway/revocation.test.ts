import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLinkRevoker } from '../../src/links/revoker.ts';
import { pathOf, rawRequest, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { image, linkKeys, study } from '../support/links.ts';
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

/** A link of each form, and what is asked of it. */
const links: readonly [string, () => string, string?][] = [
  ['a resource', () => pathOf(gateway.links.native('test', image).url)],
  ['a template', () => pathOf(gateway.links.frameTemplate('test', image, 3).template).replace('{frame}', '1')],
  ['a root', () => `${pathOf(gateway.links.dicomwebRoot('test', { study }, ['METADATA']).url)}/studies`],
  ['an upload', () => pathOf(gateway.links.upload('test', { study, maxBytes: 100 }).url), 'POST'],
];

describe.each(links)('%s', (_, mint, method = 'GET') => {
  const revoker = () => createLinkRevoker({ keys: linkKeys, revocations: gateway.revocations });
  const answerTo = async (target: string) => {
    origin.requests.length = 0;
    const { status, body } = await rawRequest(gateway.port, target, method);
    return { status, code: status === 200 ? null : (JSON.parse(body).code as string), asked: origin.requests.length };
  };

  test.each([
    ['study', () => revoker().study('test', study)],
    ['subject', () => revoker().subject('anonymous')],
    ['origin', () => revoker().origin('test')],
  ])('is 410 once its %s is revoked, and the origin is not asked', async (_, revoke) => {
    const before = mint();
    await revoke();
    expect(await answerTo(before)).toEqual({ status: 410, code: 'LINK_REVOKED', asked: 0 });
    const forged = before.replace(/(.{30})(.)/, (_, begin, c) => begin + (c === 'A' ? 'B' : 'A'));
    expect(await answerTo(forged)).toEqual({ status: 403, code: 'LINK_INVALID', asked: 0 });
  });

  test('that is minted after it is good', async () => {
    await revoker().study('test', study);
    expect((await answerTo(mint())).code).not.toBe('LINK_REVOKED');
  });

  test('of another study is left alone', async () => {
    const before = mint();
    await revoker().study('test', '1.2.3');
    await revoker().study('other', study);
    await revoker().subject('someone else');
    expect((await answerTo(before)).code).not.toBe('LINK_REVOKED');
  });
});

test('a revoked link tells nothing else: not that its frame does not exist, nor that a query is bad', async () => {
  const target = pathOf(gateway.links.frameTemplate('test', image, 3).template).replace('{frame}', '9');
  const root = pathOf(gateway.links.dicomwebRoot('test', { study }, ['METADATA']).url);
  await createLinkRevoker({ keys: linkKeys, revocations: gateway.revocations }).origin('test');
  for (const path of [target, `${target}?a=b`, `${root}/nonsense`, `${root}/studies?a=1&a=2`]) {
    expect(JSON.parse((await rawRequest(gateway.port, path)).body).code).toBe('LINK_REVOKED');
  }
});
