import { explicitVrLittleEndian } from '../dicom/transfer-syntax.ts';
import { type Answer, multipartAnswer, type Request } from './answer.ts';
import type { Archive } from './archive.ts';
import type { InstanceEntry, ResourceUids } from './archive-index.ts';
import { assertUnchanged } from './file-cache.ts';
import { acceptsMultipart, acceptsSingle, type MediaRange, parseAccept } from './media-types.ts';
import { findInstances } from './metadata.ts';
import { createMultipart, type Part } from './multipart.ts';
import { notAcceptable } from './problem.ts';
import { resourcePath } from './resource-path.ts';

const dicom = 'application/dicom';

/**
 * The files of a study, series or instance, byte for byte as they are stored.
 *
 * Files are not transcoded. By PS3.18 a request without a transfer syntax means Explicit VR Little Endian: instances stored
 * in another are answered 406, as is every other syntax than theirs. Ask with `transfer-syntax=*`. Where an Accept has no
 * word about DICOM at all (`*` `/*`), the stored form is what it gets.
 *
 * @throws {ArchiveError} NOT_FOUND; REPRESENTATION_UNAVAILABLE, also where it holds for some of the instances only.
 * @see PS3.18 §10.4.1.1.1, §8.7.3.5.2
 */
export async function retrieveNative(archive: Archive, uids: ResourceUids, request: Request): Promise<Answer> {
  const entries = findInstances(archive, uids);
  const ranges = parseAccept(request.accept.header, request.accept.query);
  for (const entry of entries) await assertUnchanged(archive.store, entry);

  const [only] = entries;
  const isInstance = uids.instance !== undefined && entries.length === 1 && only !== undefined;
  for (const range of ranges) {
    if (isInstance && acceptsSingle(range, dicom) && takes(range, only)) return singlePart(archive, only);
    if (
      acceptsMultipart(range, dicom) &&
      entries.every((entry) => ranges.some((r) => acceptsMultipart(r, dicom) && takes(r, entry)))
    ) {
      return multipartAnswer(
        createMultipart(
          dicom,
          entries.map((entry) => partOf(archive, entry, request.baseUrl)),
        ),
      );
    }
  }
  throw notAcceptable(
    isInstance
      ? `Instances come as application/dicom in the syntax they are stored in (${only.transferSyntaxUid}): transfer-syntax=*`
      : 'Instances come as multipart/related; type="application/dicom" in the syntax they are stored in: transfer-syntax=*',
  );
}

function takes(range: MediaRange, { transferSyntaxUid }: InstanceEntry): boolean {
  if (range.transferSyntax === '*' || range.type === '*') return true;
  return (range.transferSyntax ?? explicitVrLittleEndian) === transferSyntaxUid;
}

function singlePart(archive: Archive, entry: InstanceEntry): Answer {
  return {
    status: 200,
    headers: { 'content-type': contentTypeOf(entry), 'content-length': String(entry.size) },
    body: () => archive.store.stream(entry.name, 0, entry.size),
  };
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
