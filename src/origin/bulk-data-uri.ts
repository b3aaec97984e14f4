import type { Uid } from '../dicom/uid.ts';
import type { Origin } from './origin.ts';
import { OriginResponseError } from './origin-errors.ts';
import { isCanonicalPath, isCanonicalQuery } from './request-target.ts';
import { resourcePath } from './resource.ts';

/** The object whose metadata held the URI, and where that metadata came from. */
export interface BulkDataContext {
  readonly study: Uid;
  readonly series: Uid;
  readonly instance: Uid;
  /** What a relative URI is relative to: the metadata of the instance (default), of its series, or of its study. */
  readonly metadataOf?: 'study' | 'series' | 'instance';
}

const maxUriLength = 2_000;
/** Path segments before a UID, and parameters that hold one (PS3.18 §9.1.2 among them). */
const keyOfUid: ReadonlyMap<string, 'study' | 'series' | 'instance'> = new Map([
  ['studies', 'study'],
  ['series', 'series'],
  ['instances', 'instance'],
  ['studyuid', 'study'],
  ['seriesuid', 'series'],
  ['objectuid', 'instance'],
  ['studyinstanceuid', 'study'],
  ['seriesinstanceuid', 'series'],
  ['sopinstanceuid', 'instance'],
]);

/**
 * Makes of a BulkDataURI the path and query to ask the configured origin for, or refuses it.
 *
 * What an origin writes there may name localhost, http for https, an internal host, another base path, or be relative
 * (PS3.18 §F.2.6 leaves it open); the scheme, host and port are dropped. What is left must be the bulk data of this
 * object: below `/studies/{study}` with this study, series and instance, which is put below the configured base path; or
 * below one of the origin's `bulkDataPrefixes`, taken as it stands. Dot segments, empty segments and escapes that hide
 * anything are refused, as are UIDs of other objects wherever they stand.
 *
 * @returns Path and query on the origin's host, canonical: what a link may sign, and {@link retrieveBulkData} takes.
 * @throws {OriginResponseError} The URI leads elsewhere. The message does not hold it.
 */
export function rebaseBulkDataUri(origin: Origin, uri: string, context: BulkDataContext): string {
  const target = uri.length <= maxUriLength ? localTarget(origin, uri, context) : null;
  if (target === null || !isBulkDataTarget(origin, target, context)) {
    const facts = { origin: origin.id, transaction: 'retrieve bulk data' } as const;
    throw new OriginResponseError(facts, 'a BulkDataURI leads elsewhere');
  }
  return target;
}

/** Whether a path and query, as {@link rebaseBulkDataUri} makes them, are bulk data of this object. */
export function isBulkDataTarget(origin: Origin, target: string, context: BulkDataContext): boolean {
  const { path, query } = splitTarget(target);
  if (!isOwnPath(path, context) || !isOwnQuery(query, context)) return false;
  const ownBase = `${origin.address.basePath}${resourcePath({ study: context.study })}/`;
  const prefixes = origin.config.bulkDataPrefixes ?? [];
  return [ownBase, ...prefixes.map(asPrefix)].some((prefix) => path.startsWith(prefix));
}

function localTarget(origin: Origin, uri: string, context: BulkDataContext): string | null {
  const absolute = /^(?:(https?):)?\/\/[^/?#\\]+([^#]*)$/i.exec(uri);
  if (absolute) return rebased(origin, absolute[2] ?? '', context);
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(uri) || uri.includes('#')) return null; // another scheme, or a fragment
  if (uri.startsWith('/')) return rebased(origin, uri, context);
  return rebased(origin, resolved(`${origin.address.basePath}${metadataPath(context)}`, uri), context);
}

/** Puts what begins with the object's study below the configured base; leaves what lies below a prefix of its own. */
function rebased(origin: Origin, target: string, context: BulkDataContext): string | null {
  const { basePath } = origin.address;
  const ownStudy = `${resourcePath({ study: context.study })}/`;
  const places = [`${basePath}${ownStudy}`, ...(origin.config.bulkDataPrefixes ?? []).map(asPrefix)];
  if (places.some((prefix) => target.startsWith(prefix))) return target;
  const { path } = splitTarget(target);
  const start = path.indexOf(ownStudy);
  // What is dropped is looked at too: a path that is odd before the study is not worth guessing at.
  return start < 0 || !isOwnPath(path, context) ? null : `${basePath}${target.slice(start)}`;
}

function metadataPath({ study, series, instance, metadataOf = 'instance' }: BulkDataContext): string {
  if (metadataOf === 'study') return `${resourcePath({ study })}/metadata`;
  return `${resourcePath(metadataOf === 'series' ? { study, series } : { study, series, instance })}/metadata`;
}

/** A relative reference against a path (RFC 3986 §5.2): only its leading dot segments are resolved, others are refused later. */
function resolved(base: string, reference: string): string {
  const segments = base.split('/').slice(0, -1);
  let rest = reference;
  for (let match = /^\.{1,2}\//.exec(rest); match; match = /^\.{1,2}\//.exec(rest)) {
    if (match[0] === '../') segments.pop();
    rest = rest.slice(match[0].length);
  }
  return `${segments.join('/')}/${rest}`;
}

/** A canonical path without a UID of another object in it. */
function isOwnPath(path: string, context: BulkDataContext): boolean {
  if (!isCanonicalPath(path)) return false;
  const segments = path.split('/');
  return segments.every((segment, index) => {
    const key = keyOfUid.get(segment);
    return key === undefined || segments[index + 1] === undefined || segments[index + 1] === context[key];
  });
}

function isOwnQuery(query: string | null, context: BulkDataContext): boolean {
  if (query === null) return true;
  if (query === '' || !isCanonicalQuery(query)) return false;
  return query.split('&').every((parameter) => {
    const [name = '', ...values] = parameter.split('=');
    const value = values.join('=');
    const key = keyOfUid.get(name.toLowerCase());
    return key === undefined ? !name.includes('%') : value === context[key];
  });
}

/** Path and query; null where there is no question mark. */
export function splitTarget(target: string): { readonly path: string; readonly query: string | null } {
  const mark = target.indexOf('?');
  return mark < 0 ? { path: target, query: null } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

const asPrefix = (prefix: string): string => `/${prefix.replace(/^\/+|\/+$/g, '')}/`;
