import type { Answer, Request } from './answer.ts';
import type { Archive } from './archive.ts';
import type { InstanceEntry, ResourceUids } from './archive-index.ts';
import { chooseDicomJson } from './dicom-json.ts';
import { findInstances } from './find-instances.ts';
import { prefixBulkData } from './resource-path.ts';

/** Text is gathered to pieces of about this size: many small ones cost more than the work between them. */
const pieceLength = 65_536;

/**
 * The data sets of all instances of a study, series or instance, one JSON array. Bulk data by absolute URLs.
 *
 * @throws {ArchiveError} NOT_FOUND, or REPRESENTATION_UNAVAILABLE for other forms than DICOM JSON.
 * @see PS3.18 §10.4.1.1.2
 */
export function retrieveMetadata(archive: Archive, uids: ResourceUids, request: Request): Answer {
  const contentType = chooseDicomJson(request);
  const entries = findInstances(archive, uids);
  return {
    status: 200,
    headers: { 'content-type': contentType },
    body: () => jsonArray(archive, entries, `${request.baseUrl}/`),
  };
}

async function* jsonArray(
  archive: Archive,
  entries: readonly InstanceEntry[],
  prefix: string,
): AsyncGenerator<Uint8Array> {
  let piece = '';
  for (const [i, { id }] of entries.entries()) {
    piece += `${i === 0 ? '[' : ','}${prefixBulkData(archive.index.dataSet(id), prefix)}`;
    if (piece.length < pieceLength) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  yield Buffer.from(`${piece}]`);
}
