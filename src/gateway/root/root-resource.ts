import { isUid, type Uid } from '../../dicom/uid.ts';
import { FacadeError } from '../../errors.ts';
import type { LinkRepresentation } from '../../links/grant.ts';
import type { InstanceRef, ObjectRef, SeriesRef, StudyRef } from '../../origin/resource.ts';
import type { Level } from '../../origin/search.ts';

/** Frames that one request may name. */
export const maxFramesInList = 1_000;

/** What a root is for: a study, or one of its series. */
export type RootScope = StudyRef | SeriesRef;

/** A resource below a root, its UIDs within the scope as far as the path tells. */
export type RootResource =
  /** `isAtRoot`: rows tell of the levels above, too (PS3.18 Table 10.6.1-5). */
  | { readonly kind: 'search'; readonly level: Level; readonly scope: RootScope; readonly isAtRoot: boolean }
  | { readonly kind: 'native' | 'metadata'; readonly ref: ObjectRef }
  | { readonly kind: 'rendered' | 'thumbnail'; readonly ref: ObjectRef; readonly frame: number | null }
  | { readonly kind: 'frames'; readonly ref: InstanceRef; readonly frames: readonly number[] }
  | { readonly kind: 'bulkdata'; readonly ref: InstanceRef; readonly token: string };

/** What a root must grant for a resource; a search tells metadata. */
export const representationOf = {
  search: 'METADATA',
  metadata: 'METADATA',
  native: 'NATIVE',
  rendered: 'RENDERED',
  thumbnail: 'THUMBNAIL',
  frames: 'FRAMES',
  bulkdata: 'BULKDATA',
} as const satisfies Record<RootResource['kind'], LinkRepresentation>;

/**
 * Finds the resource of a path below a root (PS3.18 §10.1.1).
 *
 * Whatever is not below the scope is not there: other studies, other series, and what is above a series.
 *
 * @throws {FacadeError} NOT_FOUND: no such resource, or none of the scope: nothing tells the two apart. BAD_USER_INPUT:
 *   frames that are not numbers from 1, or too many.
 */
export function findRootResource(segments: readonly string[], scope: RootScope): RootResource {
  const [first, study, second, series, third, instance, ...rest] = segments;
  if (segments.length === 1) return searchAtRoot(first, scope);
  if (first !== 'studies' || study !== scope.study) throw missing();
  if (second !== 'series' || series === undefined) {
    if (segments.length === 3 && second === 'series') return search('series', scope);
    if (segments.length === 3 && second === 'instances') return search('instance', scope);
    if ('series' in scope) throw missing();
    return resourceOf({ study: scope.study }, segments.slice(2));
  }
  const seriesRef = { study: scope.study, series: seriesIn(series, scope) };
  if (third !== 'instances' || instance === undefined) {
    if (segments.length === 5 && third === 'instances') return search('instance', seriesRef);
    return resourceOf(seriesRef, segments.slice(4));
  }
  if (!isUid(instance)) throw missing();
  return resourceOfInstance({ ...seriesRef, instance }, rest);
}

function searchAtRoot(name: string | undefined, scope: RootScope): RootResource {
  if (name === 'series') return { ...search('series', scope), isAtRoot: true };
  if (name === 'instances') return { ...search('instance', scope), isAtRoot: true };
  if (name === 'studies' && !('series' in scope)) return { ...search('study', scope), isAtRoot: true };
  throw missing();
}

const search = (level: Level, scope: RootScope): RootResource & { kind: 'search' } => ({
  kind: 'search',
  level,
  scope,
  isAtRoot: false,
});

function seriesIn(written: string, scope: RootScope): Uid {
  if (!isUid(written) || ('series' in scope && written !== scope.series)) throw missing();
  return written;
}

/** @param rest - The path below the object. */
function resourceOf(ref: ObjectRef, rest: readonly string[]): RootResource {
  const [name] = rest;
  if (name === undefined) return { kind: 'native', ref };
  if (rest.length === 1) {
    if (name === 'metadata') return { kind: 'metadata', ref };
    if (name === 'rendered' || name === 'thumbnail') return { kind: name, ref, frame: null };
  }
  throw missing();
}

function resourceOfInstance(ref: InstanceRef, rest: readonly string[]): RootResource {
  const [name, value, rendition] = rest;
  if (value === undefined || rest.length > 3) return resourceOf(ref, rest);
  if (name === 'bulkdata' && rest.length === 2) return { kind: 'bulkdata', ref, token: value };
  if (name !== 'frames') throw missing();
  if (rendition === undefined) return { kind: 'frames', ref, frames: parseFrames(value) };
  if (rendition !== 'rendered' && rendition !== 'thumbnail') throw missing();
  const [frame = null, another] = parseFrames(value);
  if (another !== undefined) throw badFrames('Images are made of one frame at a time');
  return { kind: rendition, ref, frame };
}

function parseFrames(text: string): number[] {
  const written = text.split(',', maxFramesInList + 1);
  if (written.length > maxFramesInList) throw badFrames(`A request names at most ${maxFramesInList} frames`);
  if (!written.every((number) => /^[1-9][0-9]{0,9}$/.test(number))) throw badFrames('Frames are numbered from 1');
  return written.map(Number);
}

const badFrames = (message: string) => new FacadeError('BAD_USER_INPUT', message, { argument: 'frame' });
const missing = () => new FacadeError('NOT_FOUND', 'There is no such resource below this root');
