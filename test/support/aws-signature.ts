import { createHash, createHmac } from 'node:crypto';

/** A request as a server of AWS sees it, and the key that it knows. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query, as they came. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

export interface AwsKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly service: string;
}

const emptyHash = createHash('sha256').digest('hex');

/**
 * Why AWS would refuse a request, null where it would take it. Written from the IAM User Guide, "Create a signed AWS API
 * request", for services other than S3; nothing of it is shared with what signs.
 */
export function signatureProblem(request: SignedRequest, key: AwsKey): string | null {
  const { headers } = request;
  const authorization = headers.get('authorization') ?? '';
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/.exec(
      authorization,
    );
  if (match === null) return 'no Authorization of this kind';
  const [, id = '', day = '', region = '', service = '', signed = '', signature = ''] = match;
  if (id !== key.accessKeyId || region !== key.region || service !== key.service) return 'another scope';
  const time = headers.get('x-amz-date') ?? '';
  if (!/^\d{8}T\d{6}Z$/.test(time) || !time.startsWith(day)) return 'no time, or another day';
  const names = signed.split(';');
  const mustBeSigned = [...headers.keys()].filter((name) => name === 'host' || name.startsWith('x-amz-'));
  const missing = mustBeSigned.filter((name) => !names.includes(name));
  if (missing.length > 0) return `not signed: ${missing.join()}`;
  if (names.join() !== [...names].sort().join()) return 'headers out of order';

  const [path = '', query = ''] = request.target.split('?', 2);
  const canonical = [
    request.method,
    path.split('/').map(uriEncode).join('/'), // encoded once more than it is sent
    canonicalQuery(query),
    ...names.map((name) => `${name}:${(headers.get(name) ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    signed,
    headers.get('x-amz-content-sha256') ?? emptyHash,
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  let secret: Buffer = Buffer.from(`AWS4${key.secretAccessKey}`);
  for (const part of [day, region, service, 'aws4_request', toSign]) {
    secret = createHmac('sha256', secret).update(part).digest();
  }
  return secret.toString('hex') === signature ? null : 'another signature';
}

function canonicalQuery(query: string): string {
  if (query === '') return '';
  return query
    .split('&')
    .map((parameter) => {
      const [name = '', ...value] = parameter.split('=');
      return [name, value.join('=')].map((part) => uriEncode(decodeURIComponent(part)));
    })
    .sort(([a = '', x = ''], [b = '', y = '']) => (a === b ? compare(x, y) : compare(a, b)))
    .map((pair) => pair.join('='))
    .join('&');
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Every byte but A-Z a-z 0-9 - . _ ~ as %XX. */
const uriEncode = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9._~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
