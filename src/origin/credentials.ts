import type { Credentials } from './origin-config.ts';

/** The Authorization header for the next request; undefined where the origin asks for none. */
export async function authorizationOf(credentials: Credentials): Promise<string | undefined> {
  switch (credentials.kind) {
    case 'none':
      return undefined;
    case 'basic':
      return `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`, 'utf8').toString('base64')}`;
    case 'bearer': {
      const { token } = credentials;
      return `Bearer ${typeof token === 'string' ? token : await token()}`;
    }
  }
}
