import { isLoopback } from '../config/loopback.ts';

/**
 * Which Host headers a server that only this machine can reach should answer. A page of `evil.example` whose name is made
 * to resolve to 127.0.0.1 (DNS rebinding) is same-origin with what listens there, and could read all of it.
 *
 * @param host - What the server listens on. Beyond loopback every Host is allowed.
 * @param publicUrl - Its host is allowed as well: a proxy on this machine may pass it on.
 */
export function createHostCheck(host: string, publicUrl: string): (hostHeader: string | undefined) => boolean {
  if (!isLoopback(host)) return () => true;
  const publicHost = new URL(publicUrl).hostname;
  return (hostHeader = '') => {
    const name = /^(\[[0-9a-f:.]+\]|[^:@/?#\\]+)(:\d*)?$/i.exec(hostHeader)?.[1]?.toLowerCase();
    if (name === undefined) return false;
    return name === publicHost || isLoopback(name.replace(/^\[(.*)\]$/, '$1'));
  };
}
