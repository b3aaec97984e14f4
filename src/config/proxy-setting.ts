import { isIP } from 'node:net';
import { z } from 'zod';
import { list, mustBe } from './setting.ts';

/** An IP address, or a network: `10.0.0.0/8`. */
const network = z.string(mustBe('an IP address or a network such as 10.0.0.0/8')).refine((written) => {
  const [address = '', prefix, ...rest] = written.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 6 ? 128 : 32));
}, mustBe('an IP address or a network such as 10.0.0.0/8'));

export const trustedProxies = list(network, {
  group: 'Listening',
  placeholder: 'ADDRESS,...',
  max: 100,
  help: 'Proxies in front: what they say in X-Forwarded-For is taken for the address of a client.',
  default: [],
  rare: true,
});
