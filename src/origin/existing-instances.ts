import { tagOf } from '../dicom/dictionary.ts';
import type { Uid } from '../dicom/uid.ts';
import { FacadeError } from '../errors.ts';
import type { Origin, RequestOptions } from './origin.ts';
import { OriginError } from './origin-errors.ts';
import type { InstanceRef } from './resource.ts';
import { type SearchQuery, type SearchResult, search } from './search.ts';

const sopInstanceUid = tagOf('SOPInstanceUID');

/** Rows of one page of a study's instances, where the origin cannot be asked for some of them. */
const pageRows = 1_000;
/** Instances of one study or series that are paged through at most. */
const maxPagedRows = 100_000;

/**
 * Which of these SOP Instance UIDs the origin has already. As few searches as it allows: by lists of UIDs at its root; in
 * each study, or series, where it has no search at its root; through all instances of those where it matches no lists. Where it has
 * no search at its root, what it has of the same UID in another study is not seen.
 *
 * @throws {OriginError} One of its classes.
 * @throws {FacadeError} FILTER_UNSUPPORTED where it has more instances than can be paged through: it cannot be told.
 */
export async function findExistingInstances(
  origin: Origin,
  asked: readonly InstanceRef[],
  options: RequestOptions = {},
): Promise<ReadonlySet<Uid>> {
  const wanted = new Set(asked.map(({ instance }) => instance));
  const { uidListMatching, rootInstanceSearch, studyInstanceSearch } = origin.capabilities;
  const found = new Set<Uid>();
  const note = ({ dataSets }: SearchResult): void => {
    for (const row of dataSets) {
      const uid = row.uid(sopInstanceUid);
      if (uid !== null && wanted.has(uid)) found.add(uid); // filters may have been ignored
    }
  };
  if (uidListMatching && rootInstanceSearch) {
    for (const list of listsOf([...wanted], origin)) note(await searchSome(origin, list, undefined, options));
    return found;
  }
  const scopes = new Map<string, Scope>();
  for (const { study, series, instance } of asked) {
    const key = studyInstanceSearch ? study : `${study}/${series}`;
    const scope = scopes.get(key) ?? { ref: studyInstanceSearch ? { study } : { study, series }, instances: new Set() };
    scopes.set(key, scope);
    scope.instances.add(instance);
  }
  for (const { ref, instances } of scopes.values()) {
    if (!uidListMatching) await pageThrough(origin, ref, note, options);
    else for (const list of listsOf([...instances], origin)) note(await searchSome(origin, list, ref, options));
  }
  return found;
}

type ScopeRef = NonNullable<SearchQuery['scope']>;

/** A study or series, and what of it is asked for. */
interface Scope {
  readonly ref: ScopeRef;
  readonly instances: Set<Uid>;
}

/** UIDs in lists that the origin takes, and of which it returns every row. */
function listsOf(uids: readonly Uid[], { capabilities }: Origin): Uid[][] {
  const { maxUidsPerList, maxQueryBytes, maxSearchLimit } = capabilities;
  const most = Math.max(1, Math.min(maxUidsPerList, maxSearchLimit ?? maxUidsPerList));
  const maxBytes = maxQueryBytes - 'SOPInstanceUID=&limit=10000'.length;
  const lists: Uid[][] = [];
  let bytes = 0;
  for (const uid of uids) {
    const last = lists.at(-1);
    bytes += uid.length + 1;
    if (last === undefined || last.length >= most || bytes > maxBytes) {
      lists.push([uid]);
      bytes = uid.length + 1;
    } else last.push(uid);
  }
  return lists;
}

async function searchSome(
  origin: Origin,
  uids: readonly Uid[],
  scope: ScopeRef | undefined,
  options: RequestOptions,
): Promise<SearchResult> {
  const matches = new Map([['SOPInstanceUID', uids.join(',')]]);
  return searchInstances(origin, { matches, limit: uids.length, ...(scope ? { scope } : {}) }, options);
}

async function pageThrough(
  origin: Origin,
  scope: ScopeRef,
  note: (page: SearchResult) => void,
  options: RequestOptions,
): Promise<void> {
  const limit = Math.min(pageRows, origin.capabilities.maxSearchLimit ?? pageRows);
  const seen = new Set<string | null>();
  for (let offset = 0; offset < maxPagedRows; ) {
    const page = await searchInstances(origin, { matches: new Map(), limit, offset, scope }, options);
    note(page);
    const before = seen.size;
    for (const row of page.dataSets) seen.add(row.uid(sopInstanceUid));
    // A page without anything new: the end, or an origin that ignores offset and has told all that it tells.
    if (seen.size === before || page.dataSets.length > limit) return;
    offset += page.dataSets.length;
  }
  throw new FacadeError('FILTER_UNSUPPORTED', 'It cannot be told which of these instances the origin has', {
    origin: origin.id,
  });
}

async function searchInstances(
  origin: Origin,
  query: Omit<SearchQuery, 'level' | 'includeFields'>,
  options: RequestOptions,
): Promise<SearchResult> {
  try {
    return await search(origin, { level: 'instance', includeFields: [], ...query }, options);
  } catch (error) {
    // Some origins answer so where they have nothing of the study yet.
    if (query.scope === undefined || !(error instanceof OriginError) || error.status !== 404) throw error;
    return { dataSets: [], more: false, widened: false, limitIgnored: false, fuzzyIgnored: false };
  }
}
