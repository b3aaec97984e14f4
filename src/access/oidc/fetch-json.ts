import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** Why a provider could not be asked. Without its URL, which is in no log. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
}

export interface FetchOptions {
  /** PEM certificates of the authorities that may have signed the provider's; undefined: the well-known ones. */
  readonly tlsCa?: string | undefined;
  /** For all of it, in milliseconds. */
  readonly timeoutMs: number;
  /** Of the body. */
  readonly maxBytes: number;
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** https, or http to this machine; without user and password. */
export function isTrusted(url: URL): boolean {
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && loopback.test(url.hostname));
  return isSafe && url.username === '' && url.password === '';
}

/**
 * A small JSON document of a provider. Redirects are not followed: what is configured is what is asked.
 *
 * @throws {FetchError} Not reached, too slow, too large, another status than 200, no JSON object.
 */
export async function fetchJson(url: URL, options: FetchOptions): Promise<Readonly<Record<string, unknown>>> {
  if (!isTrusted(url)) throw new FetchError('Neither https nor loopback');
  let text: string;
  try {
    text = await getText(url, options);
  } catch (error) {
    if (error instanceof FetchError) throw error;
    const { code } = Object(error) as { code?: unknown };
    throw new FetchError(`Not reached (${typeof code === 'string' ? code : 'timeout'})`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new FetchError('No JSON');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new FetchError('No JSON object');
  return json as Readonly<Record<string, unknown>>;
}

function getText(url: URL, { tlsCa, timeoutMs, maxBytes }: FetchOptions): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const options = {
    agent: false, // asked once in minutes
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(timeoutMs),
    ...(tlsCa === undefined ? {} : { ca: tlsCa }),
  } as const;
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options, (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const fail = (message: string): void => {
      reject(new FetchError(message));
      request.destroy();
    };
    if (response.statusCode !== 200) return fail(`Answered ${response.statusCode}`);
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) fail(`Larger than ${maxBytes} bytes`);
      else chunks.push(chunk);
    });
    response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    response.on('error', reject);
    response.on('close', () => reject(new FetchError('Broken off')));
  });
  request.on('error', reject);
  request.end();
  return promise;
}
