import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** The address of whoever sent a request, as text; empty where the connection is gone. */
export type ClientAddress = (request: IncomingMessage) => string;

/** More proxies than any request passes: what stands before them is not looked at. */
const maxHops = 32;

/**
 * The address at the other end of the connection; where that is a proxy of ours, the last one in X-Forwarded-For that is not.
 * Whatever stands before that could have been written by anyone.
 *
 * @param proxies - Addresses, or networks such as 10.0.0.0/8.
 */
export function createClientAddress(proxies: readonly string[]): ClientAddress {
  const trusted = new BlockList();
  for (const proxy of proxies) {
    const [network = '', prefix] = proxy.split('/');
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) trusted.addAddress(network, family);
    else trusted.addSubnet(network, Number(prefix), family);
  }
  const isTrusted = (address: string): boolean => trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

  return ({ socket, headers }) => {
    let address = plain(socket.remoteAddress ?? '');
    if (proxies.length === 0) return address;
    const hops = String(headers['x-forwarded-for'] ?? '')
      .split(',')
      .slice(-maxHops);
    while (address !== '' && isTrusted(address)) {
      const before = plain((hops.pop() ?? '').trim());
      if (isIP(before) === 0) break;
      address = before;
    }
    return address;
  };
}

/** IPv4 addresses come mapped into IPv6 where a server listens on both. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
