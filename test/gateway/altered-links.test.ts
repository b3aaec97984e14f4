import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseLinkTarget } from '../../src/gateway/link-target.ts';
import { parseRootTarget } from '../../src/gateway/root/root-target.ts';
import type { LinkForm } from '../../src/links/grant.ts';
import { createLinkKeys } from '../../src/links/keys.ts';
import { LinkInvalidError } from '../../src/links/link-error.ts';
import type { PrincipalLinks } from '../../src/links/mint.ts';
import { redeemLink } from '../../src/links/redeem.ts';
import { verifyLink } from '../../src/links/token.ts';
import { alteredTargets, encodedAsLatin1, type OpenedLink } from '../support/altered-targets.ts';
import { alteredTexts, forgedTokens, seeded, splices } from '../support/altered-tokens.ts';
import { pathOf, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { image, linkKeys, noon, secretOf, series, study, tokenOf } from '../support/links.ts';
import { type QuirkyOrigin, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';
import { type RawTarget, rawBatch } from '../support/raw-batch.ts';

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

interface Minted extends OpenedLink {
  readonly name: string;
}

/** A link of every form and kind; each good as it is. */
function mint(opaque: boolean): readonly Minted[] {
  const links = gateway.minter.linksFor({ id: 'ada', opaque });
  const bulk = { attributePath: 'EncapsulatedDocument', originPath: '/dicom-web/studies/1' };
  const of = (name: string, form: LinkForm, url: string): Minted => ({
    name: `${opaque ? 'opaque' : 'readable'} ${name}`,
    form,
    token: tokenOf(url),
    target: pathOf(url).replace('{frame}', '2'),
  });
  const root = (url: string) => `${url}/studies/${study}/series`;
  return [
    of('native', 'resource', links.native('test', image).url),
    of('metadata', 'resource', links.metadata('test', { study }).url),
    of('frame', 'resource', links.frame('test', image, 3).url),
    of(
      'rendered frame',
      'resource',
      links.renderedFrame('test', image, 3, { mediaType: 'image/png', quality: 80 }).url,
    ),
    of('bulk data', 'resource', links.bulkData('test', image, bulk).url),
    of('thumbnail', 'resource', links.thumbnail('test', { study, series }).url),
    of('frames', 'template', links.frameTemplate('test', image, 30).template),
    of('rendered frames', 'template', links.renderedFrameTemplate('test', image, 30).template),
    of('study root', 'root', root(links.dicomwebRoot('test', { study }, ['NATIVE', 'METADATA']).url)),
    of('series root', 'root', root(links.dicomwebRoot('test', { study, series }, ['FRAMES', 'METADATA']).url)),
    of('value below a root', 'root', root(`https://a/dicomweb/${value(links)}`)),
    of('upload', 'upload', links.upload('test', { study, maxBytes: 1000 }).url),
  ];
}

/** The token of one attribute below a root. */
function value(links: PrincipalLinks): string {
  const { url } = links.dicomwebRoot('test', { study }, ['BULKDATA', 'METADATA']);
  const grant = verifyLink(tokenOf(url), linkKeys, 'root', noon);
  return gateway.minter.bulkDataOfRoot(grant, image, { attributePath: 'EncapsulatedDocument', originPath: '/x' });
}

const mintAll = () => [...mint(false), ...mint(true)];

/** What the gateway does first of all with a request, and refuses before anything else is done. */
function isAccepted(method: string, target: string): boolean {
  const asked = target.startsWith('/dicomweb/') ? parseRootTarget(target) : parseLinkTarget(target);
  if (asked === null) return false;
  const form = method === 'POST' ? 'upload' : 'form' in asked ? asked.form : 'root';
  try {
    redeemLink(asked.token, form, noon, { keys: linkKeys, revocations: gateway.revocations });
    return true;
  } catch (error) {
    if (error instanceof LinkInvalidError) return false;
    throw error;
  }
}

const methodOf = ({ form }: Minted): string => (form === 'upload' ? 'POST' : 'GET');

test('none of 100,000 altered links is accepted: each field, each byte, each spelling, every proof without the key', () => {
  const random = seeded(20261122);
  const all = mintAll();
  const forger = createLinkKeys(new Map([['k1', secretOf(2)]]));
  let count = 0;
  for (const minted of all) {
    const { form, token, target, name } = minted;
    expect([name, isAccepted(methodOf(minted), target)]).toEqual([name, true]);
    const others = all.filter((other) => other.token !== token);
    const sibling = others.find((other) => other.form === form)?.token ?? '';
    const proofs = others.slice(0, 3).map((other) => other.token);
    const grant = verifyLink(token, linkKeys, form, noon);
    const altered = new Set([
      ...alteredTexts(token, random),
      ...splices(token, sibling),
      ...forgedTokens(grant, token, proofs, { forger, secret: secretOf(1) }),
    ]);
    for (const { token: known } of all) altered.delete(known);
    for (const text of altered) {
      if (
        isAccepted(
          methodOf(minted),
          target.replace(token, () => text),
        )
      )
        expect.fail(`${name}: ${text}`);
    }
    count += altered.size;
  }
  process.stdout.write(`${count.toLocaleString('en')} altered links, none accepted\n`);
  expect(count).toBeGreaterThanOrEqual(100_000);
});

const otherMethods = ['PUT', 'PATCH', 'DELETE', 'PROPFIND', 'SEARCH', 'LINK', 'MOVE', 'COPY', 'LOCK', 'M-SEARCH'];

test('nor is any of thousands over HTTP: spellings of paths and frames, queries, methods, forged and cut tokens', async () => {
  const good = mintAll().filter(({ name }) => name.endsWith('native'));
  const targetOf = ({ target }: Minted): RawTarget => ({ method: 'GET', target });
  expect(await rawBatch(gateway.port, good.map(targetOf))).toEqual([200, 200]);
  origin.requests.length = 0;

  const random = seeded(22);
  const targets: RawTarget[] = [];
  for (const minted of mintAll().filter(({ name }) => !name.endsWith('value below a root'))) {
    const { token, target, form } = minted;
    const method = methodOf(minted);
    for (const trick of alteredTargets(minted, gateway.port)) targets.push({ method, target: trick });
    for (const other of otherMethods) targets.push({ method: other, target });
    if (form === 'upload') for (const other of ['GET', 'HEAD']) targets.push({ method: other, target });
    else targets.push({ method: 'POST', target });
    const texts = [...alteredTexts(token, random)];
    for (let picked = 0; picked < 60; picked++) {
      const text = texts[random(texts.length)] ?? '';
      if (text !== token) targets.push({ method, target: target.replace(token, () => encodedAsLatin1(text)) });
    }
  }
  // What would end the request line, or has no bytes on the wire, is another request and not another spelling.
  const sent = targets.filter(({ target }) => target !== '' && !/[\s\0]/.test(target));
  const statuses = await rawBatch(gateway.port, sent);
  const accepted = sent.filter((_, index) => (statuses[index] ?? 0) < 400);
  expect(accepted).toEqual([]);
  expect(new Set(statuses)).toEqual(new Set([400, 403, 404, 405]));
  expect(origin.requests).toEqual([]);
  expect(gateway.faults).toEqual([]);
  process.stdout.write(`${sent.length.toLocaleString('en')} altered links over HTTP, none accepted\n`);
  expect(sent.length).toBeGreaterThanOrEqual(3_000);
});
