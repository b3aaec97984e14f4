const loopback = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])$/i;

/**
 * Whether a Host header may be answered by a server that only this machine can reach. A page of a host whose name is made
 * to resolve to 127.0.0.1 (DNS rebinding) is same-origin with what listens there, and could read all of it. A server that
 * others can reach answers every Host.
 */
export function isAllowedHost(listeningOn: string, hostHeader: string | undefined): boolean {
  const isLocal = loopback.test(listeningOn) || listeningOn === '::1';
  return !isLocal || loopback.test(hostHeader?.replace(/:\d*$/, '') ?? '');
}
