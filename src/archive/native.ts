import { explicitVrLittleEndian } from '../dicom/transfer-syntax.ts';
import { type Answer, multipartAnswer, type Request, type SliceableBody } from './answer.ts';
import type { Archive } from './archive.ts';
import type { InstanceEntry, ResourceUids } from './archive-index.ts';
import { assertUnchanged } from './file-cache.ts';
import { findInstances } from './find-instances.ts';
import { acceptsMultipart, acceptsSingle, type MediaRange, parseAccept } from './media-types.ts';
import { createMultipart, type Part } from './multipart.ts';
import { notAcceptable } from './problem.ts';
import { resourcePath } from './resource-path.ts';

const dicom = 'application/dicom';

/**
 * The files of a study, series or instance, byte for byte as they are stored.
 *
 * Files are not transcoded. By PS3.18 a request without a transfer syntax means Explicit VR Little Endian: instances stored
 * in another are answered 406, as is every other syntax than theirs. Ask with `transfer-syntax=*`. Where an Accept has no
 * word about DICOM at all (an asterisk for any type), the stored form is what it gets.
 *
 * @throws {ArchiveError} NOT_FOUND; REPRESENTATION_UNAVAILABLE, also where it holds for some of the instances only.
 * @see PS3.18 §10.4.1.1.1, §8.7.3.5.2
 */
export async function retrieveNative(archive: Archive, uids: ResourceUids, request: Request): Promise<Answer> {
  const entries = findInstances(archive, uids);
  const [first] = entries;
  const ranges = parseAccept(request.accept.header, request.accept.query);
  const takesAllParts = entries.every((entry) => ranges.some((range) => takes(range, entry, acceptsMultipart)));
  for (const range of ranges) {
    const isSingle = uids.instance !== undefined && entries.length === 1 && takes(range, first, acceptsSingle);
    if (!isSingle && !(takesAllParts && acceptsMultipart(range, dicom))) continue;
    for (const entry of entries) await assertUnchanged(archive.store, entry);
    if (isSingle) return singlePart(archive, first);
    const parts = entries.map((entry) => partOf(archive, entry, request.baseUrl));
    return multipartAnswer(createMultipart(dicom, parts));
  }
  throw notAcceptable(
    'Instances come as application/dicom, byte for byte in the transfer syntax they are stored in: ask with transfer-syntax=*',
  );
}

function takes(
  range: MediaRange,
  { transferSyntaxUid }: InstanceEntry,
  accepts: (range: MediaRange, mediaType: string) => boolean,
): boolean {
  if (!accepts(range, dicom)) return false;
  if (range.transferSyntax === '*' || range.type === '*') return true;
  return (range.transferSyntax ?? explicitVrLittleEndian) === transferSyntaxUid;
}

function singlePart({ store }: Archive, entry: InstanceEntry): Answer {
  const { name, size: length } = entry;
  const body: SliceableBody = { length, slice: (start, end) => store.stream(name, start, end) };
  return { status: 200, headers: { 'content-type': contentTypeOf(entry) }, body };
}

function partOf(archive: Archive, entry: InstanceEntry, baseUrl: string): Part {
  const { studyUid: study, seriesUid: series, sopUid: instance } = entry;
  return {
    contentType: contentTypeOf(entry),
    location: `${baseUrl}/${resourcePath({ study, series, instance })}`,
    length: entry.size,
    open: () => archive.store.stream(entry.name, 0, entry.size),
  };
}

const contentTypeOf = ({ transferSyntaxUid }: InstanceEntry): string =>
  `${dicom}; transfer-syntax=${transferSyntaxUid}`;
