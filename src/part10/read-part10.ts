import { inflateRawSync } from 'node:zlib';
import type { JsonDataSet } from '../dicom/data-set.ts';
import { transferSyntaxOf } from '../dicom/transfer-syntax.ts';
import type { BulkLocation } from './bulk-data.ts';
import { type FileMeta, readFileMeta } from './file-meta.ts';
import { findElements } from './find-elements.ts';
import { toJsonDataSet } from './json-data-set.ts';
import { Part10Error } from './part10-error.ts';
import { locatePixelData, type PixelDataLocation } from './pixel-data.ts';

/** A DICOM file, read: its data set as DICOM JSON, and where the rest of its bytes are. */
export interface Part10File {
  readonly meta: FileMeta;
  /** PS3.18 Annex F. Large values have a BulkDataURI `bulkdata/PATH`, relative to the instance; see `readBulkData`. */
  readonly dataSet: JsonDataSet;
  /** What was left out of `dataSet`, by the PATH of its BulkDataURI. */
  readonly bulk: ReadonlyMap<string, BulkLocation>;
  readonly pixelData: PixelDataLocation | null;
  /** What all offsets count in: the bytes that were given, or where the data set is deflated, the inflated data set. */
  readonly bytes: Buffer;
  /** What is wrong with the file and was read past, without a value in it. At most 100. */
  readonly problems: readonly string[];
}

export interface Part10Options {
  /** Binary values of more bytes become bulk data. Default 1024. */
  readonly maxInlineBytes?: number;
  /** Bytes that a deflated data set may inflate to. Default 512 MiB. */
  readonly maxInflatedBytes?: number;
  /** Elements, items and fragments of one file. Default 2,000,000; each costs about 300 bytes of memory. */
  readonly maxElements?: number;
  /** Sequences within sequences. Default 64. */
  readonly maxDepth?: number;
}

const maxProblems = 100;
/** GE's private Implicit VR Big Endian: elements are Little Endian, pixels are not. Read as usual they would be noise. */
const implicitBigEndian = '1.2.840.113619.5.2';

/**
 * Reads a DICOM file (PS3.10 §7): any transfer syntax, native or encapsulated. One that is not known is taken for
 * Explicit VR Little Endian, as all encapsulated ones are (PS3.5 §A.4).
 *
 * Nothing is copied but the values in the JSON: memory follows the size of the file, never a length that it declares.
 * A file that is cut off is refused whole, since what is missing cannot be told from what was never there; deviations
 * whose meaning is clear are read, and told in `problems`.
 *
 * Why not dicom-parser 1.8.21: it finds the same elements in every valid file of the corpus, but takes files whose pixels
 * are cut off as whole (j2k-too-short-value, j2k-short-uid-no-pixels) and one with items outside of a sequence
 * (jpegls-bad-meta-length), refuses a UN sequence in Big Endian (big-endian-undefined-length), lists item delimiters as
 * elements, and on hostile input overflows the stack or throws strings.
 *
 * @throws {Part10Error} With a reason; no other error, whatever the bytes.
 */
export function readPart10(input: Uint8Array, options: Part10Options = {}): Part10File {
  const file = Buffer.isBuffer(input) ? input : Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  const problems: string[] = [];
  const note = (problem: string): void => {
    if (problems.length < maxProblems) problems.push(problem);
  };
  const { meta, end } = readFileMeta(file, note);
  if (meta.transferSyntaxUid === implicitBigEndian) {
    throw new Part10Error('unsupported-transfer-syntax', 'Implicit VR Big Endian is not read');
  }
  const syntax = transferSyntaxOf(meta.transferSyntaxUid);
  const bytes = syntax?.deflated ? inflated(file.subarray(end), options.maxInflatedBytes ?? 512 * 2 ** 20) : file;
  const elements = findElements(
    bytes,
    syntax?.deflated ? 0 : end,
    { implicit: syntax?.implicit ?? false, littleEndian: !syntax?.bigEndian },
    { maxElements: options.maxElements ?? 2_000_000, maxDepth: options.maxDepth ?? 64 },
    note,
  );
  const { dataSet, bulk } = toJsonDataSet(bytes, elements, options.maxInlineBytes ?? 1024, note);
  const pixelData = locatePixelData(bytes, dataSet, bulk, syntax?.encapsulated, note);
  return { meta, dataSet, bulk, pixelData, bytes, problems };
}

/** The data set of Deflated Explicit VR Little Endian: a bare deflate stream (PS3.5 §A.5), at most with a pad byte. */
function inflated(bytes: Buffer, maxInflatedBytes: number): Buffer {
  try {
    return inflateRawSync(bytes, { maxOutputLength: maxInflatedBytes });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new Part10Error('too-large', `Inflates to more than ${maxInflatedBytes} bytes`, { cause: error });
    }
    if (code === 'Z_BUF_ERROR') {
      throw new Part10Error('truncated', 'The deflated data set is cut off', { cause: error });
    }
    throw new Part10Error('bad-deflate', 'The data set does not inflate', { cause: error });
  }
}
