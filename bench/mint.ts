/**
 * How many frame links, readable and opaque, a core mints and verifies in a second, and how that compares with a bare HMAC
 * of as many bytes:
 *
 *     npx node bench/mint.ts
 *
 * What counts is the time of the processor, all threads together, not that of the clock: the rates are those of one core that
 * does nothing else. Rounds are interleaved and the median is told, so that a noisy machine disturbs all alike.
 */
import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { createLinkKeys } from '../src/links/keys.ts';
import { createLinkMinter } from '../src/links/mint.ts';
import { verifyLink } from '../src/links/token.ts';

const rounds = 9;
const perRound = 50_000;

const secret = createSecretKey(randomBytes(32));
const keys = createLinkKeys(new Map([['a', secret]]));
const minter = createLinkMinter({ keys, publicUrl: 'https://pacs.example' });
const links = minter.linksFor({ id: 'anonymous' });
const opaqueLinks = minter.linksFor({ id: 'anonymous', opaque: true });
const image = {
  study: '1.3.6.1.4.1.14519.5.2.1.7009.2403.334240657131972136850343327463',
  series: '1.3.6.1.4.1.14519.5.2.1.7009.2403.226151125820845824875394858561',
  instance: '1.3.6.1.4.1.14519.5.2.1.7009.2403.811199116755887922789178901449',
};
const tokenOf = ({ url }: { readonly url: string }): string => url.slice(url.lastIndexOf('/') + 1);
const token = tokenOf(links.frame('main', image, 1));
const opaqueToken = tokenOf(opaqueLinks.frame('main', image, 1));
const bytes = randomBytes(Math.floor(((token.length - 43) * 3) / 4));
const now = Date.now() / 1000;

const tasks = {
  'bare HMAC-SHA256': () => createHmac('sha256', secret).update(bytes).digest(),
  'mint a frame link': (index: number) => links.frame('main', image, index + 1),
  'verify a link': () => verifyLink(token, keys, 'resource', now),
  'mint an opaque frame link': (index: number) => opaqueLinks.frame('main', image, index + 1),
  'verify an opaque link': () => verifyLink(opaqueToken, keys, 'resource', now),
};

const rates = new Map<string, number[]>();
for (let round = 0; round < rounds; round++) {
  for (const [name, task] of Object.entries(tasks)) {
    const started = process.cpuUsage();
    for (let index = 0; index < perRound; index++) task(index);
    const { user, system } = process.cpuUsage(started);
    const rate = (perRound * 1e6) / (user + system);
    rates.set(name, [...(rates.get(name) ?? []), rate]);
  }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const bare = median(rates.get('bare HMAC-SHA256') ?? []);
console.log(
  `${token.length} characters a token, ${bytes.length} bytes signed; ${opaqueToken.length} characters an opaque one`,
);
for (const [name, values] of rates) {
  const rate = median(values);
  console.log(
    `${name.padEnd(25)} ${Math.round(rate).toLocaleString('en').padStart(9)} /s  ${(rate / bare).toFixed(2)}`,
  );
}
