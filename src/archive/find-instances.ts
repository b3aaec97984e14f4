import type { Archive } from './archive.ts';
import type { InstanceEntry, ResourceUids } from './archive-index.ts';
import { notFound } from './problem.ts';

/** @throws {ArchiveError} NOT_FOUND: the archive holds nothing under these UIDs. */
export function findInstances(archive: Archive, uids: ResourceUids): [InstanceEntry, ...InstanceEntry[]] {
  const [first, ...rest] = archive.index.resource(uids);
  if (!first) throw notFound('The archive has no such study, series or instance');
  return [first, ...rest];
}
