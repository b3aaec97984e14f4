import type { ConfiguredCapabilities } from './capabilities/capabilities.ts';
import type { ProfileName } from './capabilities/profiles/profiles.ts';
import type { Credentials } from './credentials/credentials.ts';

/** One DICOMweb origin: where it is, who we are to it, and how much it may be asked at a time. */
export interface OriginConfig {
  /** Stands in global ids, links and logs. */
  readonly id: string;
  readonly name: string;
  /** Base of the DICOMweb service, http or https, without query: https://pacs.example/dicom-web */
  readonly url: string;
  readonly credentials: Credentials;
  /** Longest wait for a TCP (and TLS) connection. */
  readonly connectTimeoutMs: number;
  /** Longest wait from the request to the last response header. */
  readonly headersTimeoutMs: number;
  /** Longest silence within a body, while someone reads it. */
  readonly bodyIdleTimeoutMs: number;
  /** Requests under way at once, payloads that are still streaming among them. */
  readonly maxConcurrentRequests: number;
  /** Largest body of a search or of metadata, after decompression. */
  readonly maxMetadataBytes: number;
  /** How often a request that delivered nothing is sent again after a broken connection, 429, 502, 503 or 504. */
  readonly retries: number;
  /** Paths on the origin's host, beside its base path, below which bulk data lies: ['/bulk/']. Default: none. */
  readonly bulkDataPrefixes?: readonly string[];
  /** Documented behaviour to begin with, until a probe sees better. Default 'generic': PS3.18. */
  readonly profile?: ProfileName;
  /** What is set here is not probed. */
  readonly capabilities?: ConfiguredCapabilities;
  /** Requests that may wait for their turn; one more is refused with UNAVAILABLE. Default 1,000. */
  readonly maxQueuedRequests?: number;
  /** A body that nobody reads for so long is given up, and its connection with it. Default 60,000. */
  readonly readerIdleTimeoutMs?: number;
  /** Longest wait that Retry-After may ask for; a longer one fails at once. Default 5,000. */
  readonly maxRetryAfterMs?: number;
  /** Requests that failed in a row, after which the origin is left alone; 0: it never is. Default 5. */
  readonly circuitFailures?: number;
  /** Within which they failed. Default 60,000. */
  readonly circuitWindowMs?: number;
  /** How long it is left alone before one request is tried. Default 2,000. */
  readonly circuitPauseMs?: number;
  /** PEM of the authorities that may have signed the origin's certificate, instead of the well-known ones. */
  readonly tlsCa?: string;
}

/** The configured URL taken apart: every request goes to this scheme, host and port, whatever an answer says. */
export interface OriginAddress {
  /** Scheme, host and port: 'https://pacs.example:8443'. */
  readonly host: string;
  /** Path of the base without a slash at its end: '/dicom-web', '' for the root. */
  readonly basePath: string;
}

/** @throws {TypeError} Not http or https, or with a user, query or fragment. The message does not hold the URL. */
export function parseOriginUrl(text: string): OriginAddress {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new TypeError('The URL of an origin is http or https');
  if (url.username !== '' || url.password !== '') throw new TypeError('The URL of an origin holds no credentials');
  if (url.search !== '' || url.hash !== '') throw new TypeError('The URL of an origin has no query and no fragment');
  return { host: url.origin, basePath: url.pathname.replace(/\/+$/, '') };
}
