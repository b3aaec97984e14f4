import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether only this machine can reach what listens on `host` (a name or an address, IPv6 without brackets). */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host.toLowerCase() === 'localhost';
  return loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

/** Whether `host` stands for every address of this machine. */
export const isWildcard = (host: string): boolean => /^(0\.0\.0\.0|[0:]*::[0:]*)$/.test(host);
