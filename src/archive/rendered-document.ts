import { Readable } from 'node:stream';
import { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { documentMediaTypeOf } from '../dicom/document-media-type.ts';
import { readBulkData } from '../part10/bulk-data.ts';
import type { Answer, Request, SliceableBody } from './answer.ts';
import type { Archive } from './archive.ts';
import type { InstanceEntry } from './archive-index.ts';
import { acceptsSingle, parseAccept } from './media-types.ts';
import { badRequest, notAcceptable } from './problem.ts';

const encapsulatedDocument = tagOf('EncapsulatedDocument');
const encapsulatedDocumentLength = tagOf('EncapsulatedDocumentLength');
const pdf = 'application/pdf';

/**
 * The PDF that an instance encapsulates, as its rendered form: without the padding behind it, where its length is told.
 *
 * @returns null: it encapsulates none.
 * @throws {ArchiveError} REPRESENTATION_UNAVAILABLE: another form is asked for; BAD_USER_INPUT: rendering parameters, which
 *   are for images.
 * @see PS3.18 §8.7.4 (Table 8.7.4-1: text), PS3.3 §C.24.2
 */
export async function retrieveDocument(
  archive: Archive,
  entry: InstanceEntry,
  { accept, parameters }: Request,
): Promise<Answer | null> {
  const file = await archive.files.read(entry);
  const dataSet = DataSet.parse(file.dataSet);
  const bytes = readBulkData(file, encapsulatedDocument) ?? inlineOf(dataSet);
  if (bytes === null || documentMediaTypeOf(dataSet) !== pdf) return null;
  if (parameters.some(([name]) => name !== 'accept')) throw badRequest('A document takes no rendering parameters');
  if (!parseAccept(accept.header, accept.query).some((range) => acceptsSingle(range, pdf))) {
    throw notAcceptable(`This document comes as ${pdf}`);
  }
  const told = dataSet.integer(encapsulatedDocumentLength) ?? bytes.length;
  const document = told > 0 && told < bytes.length ? bytes.subarray(0, told) : bytes;
  const body: SliceableBody = {
    length: document.length,
    slice: (start, end) => Readable.from([document.subarray(start, end)]),
  };
  return { status: 200, headers: { 'content-type': pdf }, body };
}

function inlineOf(dataSet: DataSet): Buffer | null {
  const element = dataSet.element(encapsulatedDocument);
  return element?.kind === 'binary' && element.inlineBinary !== null
    ? Buffer.from(element.inlineBinary, 'base64')
    : null;
}
