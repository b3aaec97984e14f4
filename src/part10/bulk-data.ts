import type { ByteRange } from './data-element.ts';

/** A value that is left out of the JSON of a data set. Offsets count in `Part10File.bytes`. */
export interface BulkLocation extends ByteRange {
  readonly vr: string;
  /** Bytes of one number. More than 1 only where the file is Big Endian: then these are turned round on reading. */
  readonly swapBytes: 1 | 2 | 4 | 8;
  /** The fragments of an encapsulated value, the Basic Offset Table first; `offset` and `length` span their items. */
  readonly fragments: readonly ByteRange[] | null;
}

/** What `BulkDataURI` of a file's data set starts with. Relative to the instance: `.../instances/{uid}/` and this. */
export const bulkDataPrefix = 'bulkdata/';

/**
 * The bytes of a value as they are sent: Little Endian (PS3.18 §8.7.3.3). The fragments of an encapsulated value are
 * joined, without the Basic Offset Table: for one frame (an icon) that is its code stream.
 *
 * @param path - As in the BulkDataURI, behind `bulkDataPrefix`. Path = Tag *( "/" Item "/" Tag ): the tags from the root
 *   down as 8 upper-case hex digits, between them the index of the item, from 0. `00880200/0/7FE00010` is the first icon.
 * @returns null where the file has no such bulk data.
 */
export function readBulkData(
  file: { readonly bytes: Buffer; readonly bulk: ReadonlyMap<string, BulkLocation> },
  path: string,
): Buffer | null {
  const location = file.bulk.get(path);
  return location ? bytesOf(file.bytes, location) : null;
}

export function bytesOf(bytes: Buffer, { offset, length, swapBytes, fragments }: BulkLocation): Buffer {
  return fragments
    ? joined(bytes, fragments.slice(1))
    : inLittleEndian(bytes.subarray(offset, offset + length), swapBytes);
}

export function joined(bytes: Buffer, fragments: readonly ByteRange[]): Buffer {
  const parts = fragments.map(({ offset, length }) => bytes.subarray(offset, offset + length));
  const [only] = parts;
  if (only && parts.length === 1) return only;
  return Buffer.concat(parts);
}

/** The same bytes, or where words are swapped a copy. A rest that is no whole word stays as it is. */
export function inLittleEndian(bytes: Buffer, swapBytes: 1 | 2 | 4 | 8): Buffer {
  if (swapBytes === 1) return bytes;
  const swapped = Buffer.from(bytes);
  const whole = swapped.subarray(0, swapped.length - (swapped.length % swapBytes));
  if (swapBytes === 2) whole.swap16();
  else if (swapBytes === 4) whole.swap32();
  else whole.swap64();
  return swapped;
}
