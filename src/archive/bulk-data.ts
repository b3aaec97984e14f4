import { Readable } from 'node:stream';
import { frameMediaType } from '../dicom/transfer-syntax.ts';
import { readBulkData } from '../part10/bulk-data.ts';
import type { Part10File } from '../part10/read-part10.ts';
import { type Answer, multipartAnswer, type Request, type SliceableBody } from './answer.ts';
import type { Archive } from './archive.ts';
import type { InstanceEntry } from './archive-index.ts';
import { acceptsMultipart, acceptsSingle, parseAccept } from './media-types.ts';
import { createMultipart, type Part } from './multipart.ts';
import { notAcceptable, notFound } from './problem.ts';
import { resourcePath } from './resource-path.ts';
import { storedFrame } from './stored-image.ts';

/**
 * A value that metadata refers to, as one body or one part: octets, little endian. Encapsulated pixel data has a part for
 * each frame, in the encoding and under the media type it is stored in.
 *
 * @param path - As in the BulkDataURI, behind `bulkdata/`: `7FE00010`, `54000100/0/54001010`.
 * @throws {ArchiveError} NOT_FOUND: not a bulk data value of the instance; REPRESENTATION_UNAVAILABLE.
 * @see PS3.18 §10.4.1.1.7, §8.7.3.3
 */
export async function retrieveBulkData(
  archive: Archive,
  entry: InstanceEntry,
  path: string,
  request: Request,
): Promise<Answer> {
  const file = await archive.files.read(entry);
  const { studyUid: study, seriesUid: series, sopUid: instance } = entry;
  const location = `${request.baseUrl}/${resourcePath({ study, series, instance })}/bulkdata/${path}`;
  const values = valuesOf(file, path);
  const { mediaType, contentType } = mediaTypeOf(file, path);
  for (const range of parseAccept(request.accept.header, request.accept.query)) {
    const [only] = values;
    if (only && values.length === 1 && acceptsSingle(range, mediaType)) {
      const body: SliceableBody = {
        length: only.length,
        slice: (start, end) => Readable.from([only.subarray(start, end)]),
      };
      return { status: 200, headers: { 'content-type': contentType, 'content-location': location }, body };
    }
    if (!acceptsMultipart(range, mediaType)) continue;
    const parts = values.map(
      (value): Part => ({ contentType, location, length: value.length, open: () => Readable.from([value]) }),
    );
    return multipartAnswer(createMultipart(mediaType, parts));
  }
  throw notAcceptable(`This bulk data comes as ${mediaType}`);
}

function valuesOf(file: Part10File, path: string): Buffer[] {
  const { pixelData } = file;
  if (pixelData?.kind === 'encapsulated' && pixelData.tag === path) {
    return Array.from({ length: pixelData.numberOfFrames }, (_, i) => storedFrame({ file }, i + 1));
  }
  const value = readBulkData(file, path);
  if (!value) throw notFound('The instance has no such bulk data');
  return [value];
}

/** Fragments are of an encapsulated image, or of an icon, in the transfer syntax of the file. */
function mediaTypeOf(file: Part10File, path: string): { readonly mediaType: string; readonly contentType: string } {
  const { transferSyntaxUid } = file.meta;
  const encapsulated = file.bulk.get(path)?.fragments ? frameMediaType(transferSyntaxUid) : null;
  const mediaType = encapsulated ?? 'application/octet-stream';
  return { mediaType, contentType: encapsulated ? `${mediaType}; transfer-syntax=${transferSyntaxUid}` : mediaType };
}
