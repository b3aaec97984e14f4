import { isIP } from 'node:net';
import { z } from 'zod';
import { mustBe } from './setting.ts';

/** An IP address, or a host name (RFC 1123). IPv6 with or without brackets; given back without. */
export const host = z
  .string(mustBe('a host name or an IP address'))
  .transform((written) => written.replace(/^\[(.*)\]$/, '$1'))
  .refine((written) => isIP(written) !== 0 || isHostName(written), mustBe('a host name or an IP address'));

const isHostName = (written: string): boolean =>
  written.length <= 253 &&
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i.test(written) &&
  !/^[\d.]+$/.test(written);

/**
 * An absolute http or https URL to put paths behind: no credentials, query or fragment. Given back without a slash at its
 * end, and otherwise as `new URL` writes it.
 */
export const baseUrl = z.string(mustBe('an http or https URL')).transform((written, context) => {
  const problem = (message: string) => {
    context.issues.push({ code: 'custom', message, input: undefined });
    return z.NEVER;
  };
  if (!/^https?:\/\//i.test(written) || !URL.canParse(written)) return problem('must be an http or https URL');
  const url = new URL(written);
  if (url.username !== '' || url.password !== '') return problem('must not hold a user or a password');
  if (written.includes('?') || written.includes('#')) return problem('must have neither query nor fragment');
  return url.href.replace(/\/+$/, '');
});

/** An absolute http or https URL that is asked as it stands: a query is allowed, credentials and a fragment are not. */
export const endpointUrl = z.string(mustBe('an http or https URL')).refine((written) => {
  const url = URL.parse(written);
  return url !== null && /^https?:$/.test(url.protocol) && url.username + url.password === '' && !written.includes('#');
}, mustBe('an http or https URL without user, password and fragment'));

/** An origin in the sense of browsers, for CORS: `https://viewer.example:8443`. Or `localhost`: this machine's pages, on any port. */
export const pageOrigin = z
  .string(mustBe('an origin such as https://viewer.example, or localhost'))
  .refine(
    (written) => written === 'localhost' || (URL.canParse(written) && isWebOrigin(written)),
    mustBe('an origin such as https://viewer.example (scheme, host and port only), or localhost'),
  );

const isWebOrigin = (written: string): boolean => /^https?:\/\//.test(written) && new URL(written).origin === written;

/** `USER:PASSWORD` (RFC 7617): the user without a colon, no control characters. */
export const basicCredentials = z
  .string(mustBe('USER:PASSWORD'))
  .max(1024, mustBe('at most 1024 characters'))
  .refine((written) => /^[^:]+:/.test(written) && !hasControlCharacters(written), mustBe('USER:PASSWORD'));

/** A bearer token (RFC 6750, b64token). */
export const bearerToken = z
  .string(mustBe('a bearer token'))
  .max(8192, mustBe('at most 8192 characters'))
  .refine((written) => /^[A-Za-z0-9\-._~+/]+=*$/.test(written), mustBe('a bearer token (letters, digits and -._~+/=)'));

/** What may stand in a header or a form: not empty, without control characters. */
export const visibleText = z
  .string(mustBe('a text'))
  .min(1, mustBe('a text'))
  .max(1024, mustBe('at most 1024 characters'))
  .refine((written) => !hasControlCharacters(written), mustBe('a text without control characters'));

/** A secret that others gave us: their grammar, within reason. */
export const secretText = z
  .string(mustBe('a secret'))
  .min(1, mustBe('a secret'))
  .max(8192, mustBe('at most 8192 characters'))
  .refine((written) => !hasControlCharacters(written), mustBe('a secret without control characters'));

/** Part of global ids and of signed links: short, and safe in both. */
export const originId = z
  .string(mustBe('an id of letters, digits, "-" and "_"'))
  .refine((written) => /^[A-Za-z0-9_-]{1,32}$/.test(written), mustBe('1 to 32 letters, digits, "-" or "_"'));

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const hasControlCharacters = (written: string): boolean => /[\u0000-\u001f\u007f]/.test(written);

/** The names of src/access/scopes.ts, which this room does not lean on. */
const scopeNames = [
  'search',
  'metadata',
  'rendered',
  'native',
  'store',
  'statistics',
  'patient-data',
  'admin',
] as const;

export type ScopeName = (typeof scopeNames)[number];

/** What a principal may do. */
export const scope = z.enum(scopeNames, mustBe(`one of ${scopeNames.join(', ')}`));
