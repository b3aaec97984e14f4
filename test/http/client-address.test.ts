import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { createClientAddress } from '../../src/http/client-address.ts';

const requestOf = (remoteAddress: string | undefined, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

test.each([
  ['without proxies the header counts for nothing', [], '192.0.2.1', '198.51.100.7', '192.0.2.1'],
  ['a proxy tells the address of its client', ['192.0.2.1'], '192.0.2.1', '198.51.100.7', '198.51.100.7'],
  [
    'what a client wrote before that counts for nothing',
    ['192.0.2.1'],
    '192.0.2.1',
    '10.9.9.9, 198.51.100.7',
    '198.51.100.7',
  ],
  ['several proxies are passed', ['192.0.2.0/24'], '192.0.2.1', '198.51.100.7, 192.0.2.9', '198.51.100.7'],
  [
    'who is no proxy of ours is the client, whatever it writes',
    ['192.0.2.1'],
    '192.0.2.2',
    '198.51.100.7',
    '192.0.2.2',
  ],
  ['what is no address ends the way', ['192.0.2.1'], '192.0.2.1', 'Doe^John', '192.0.2.1'],
  ['a proxy that tells nothing is the client', ['192.0.2.1'], '192.0.2.1', undefined, '192.0.2.1'],
  ['IPv4 in IPv6 is IPv4', ['10.0.0.0/8'], '::ffff:10.1.2.3', '::ffff:198.51.100.7', '198.51.100.7'],
  ['IPv6 networks count', ['2001:db8::/32'], '2001:db8::5', '2001:4860::1', '2001:4860::1'],
  ['a connection that is gone has no address', ['10.0.0.0/8'], undefined, '198.51.100.7', ''],
] as const)('%s', (_title, proxies, remote, forwarded, address) => {
  expect(createClientAddress(proxies)(requestOf(remote, forwarded))).toBe(address);
});
