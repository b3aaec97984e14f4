import type { DataSet } from '../dicom/data-set.ts';
import { type Tag, tag } from '../dicom/tag.ts';
import { RenderError } from './render-error.ts';

/** A table from pixel values to other values. Values outside of it get its first or its last entry. */
export interface LookupTable {
  /** The pixel value of the first entry. */
  readonly first: number;
  /** Entries are 0 to 2^bits - 1. */
  readonly bits: number;
  readonly entries: Uint16Array;
}

/**
 * Gives the bytes behind a BulkDataURI of the metadata: little endian, as in the DICOM JSON Model. Null where they are
 * not to be had.
 */
export type ReadBulkData = (bulkDataUri: string) => Promise<Uint8Array | null>;

const lutDescriptor = tag('00283002');
const lutData = tag('00283006');

export function lookUp({ first, entries }: LookupTable, value: number): number {
  const index = Math.round(value) - first;
  return entries[index < 0 ? 0 : Math.min(index, entries.length - 1)] ?? 0;
}

/**
 * Reads an item of a Modality or VOI LUT Sequence.
 *
 * @param signedInput - The table's input can be negative: readers of implicit VR do not know that its first value is SS.
 * @throws {RenderError} `missing-attribute`, `bad-attribute`
 * @see PS3.3 §C.11.1.1 and §C.11.2.1.1
 */
export async function readLookupTable(item: DataSet, signedInput: boolean, read: ReadBulkData): Promise<LookupTable> {
  const descriptor = readDescriptor(item, lutDescriptor, signedInput);
  const entries = await readEntries(item, lutData, descriptor.count, read);
  if (!entries) throw new RenderError('missing-attribute', 'LUT Data is absent, or cannot be had');
  return { first: descriptor.first, bits: Math.max(descriptor.bits, bitLength(entries)), entries };
}

export interface LutDescriptor {
  readonly count: number;
  readonly first: number;
  readonly bits: number;
}

/** Number of entries (0 means 65536), first value mapped, bits an entry (PS3.3 §C.7.6.3.1.5). */
export function readDescriptor(dataSet: DataSet, tag: Tag, signedInput: boolean): LutDescriptor {
  const [count, first, bits] = dataSet.numbers(tag);
  if (typeof count !== 'number' || typeof first !== 'number' || typeof bits !== 'number') {
    throw new RenderError('missing-attribute', 'A LUT descriptor is absent or incomplete');
  }
  if (bits < 1 || bits > 16) throw new RenderError('bad-attribute', 'A LUT has entries of other than 1 to 16 bits');
  // US read as SS, or the other way round: both are 16 bits.
  return { count: count & 0xffff || 65_536, first: signedInput && first > 32_767 ? first - 65_536 : first, bits };
}

/** The entries of a table, whichever way they are kept: numbers, words, or bytes. Null where the attribute is absent. */
export async function readEntries(
  dataSet: DataSet,
  tag: Tag,
  count: number,
  read: ReadBulkData,
): Promise<Uint16Array | null> {
  const element = dataSet.element(tag);
  if (element?.kind === 'number')
    return exactly(
      count,
      Uint16Array.from(element.values, (value) => value ?? 0),
    );
  const bytes = await bytesOf(dataSet, tag, read);
  if (!bytes) return null;
  return exactly(count, bytes.length >= 2 * count ? wordsOf(bytes) : Uint16Array.from(bytes));
}

/** The bytes of a binary attribute; null where it is absent or its bulk data cannot be had. */
export async function bytesOf(dataSet: DataSet, tag: Tag, read: ReadBulkData): Promise<Uint8Array | null> {
  const element = dataSet.element(tag);
  if (element?.kind !== 'binary') return null;
  if (element.inlineBinary !== null) return Buffer.from(element.inlineBinary, 'base64');
  return element.bulkDataUri === null ? null : read(element.bulkDataUri);
}

export function wordsOf(bytes: Uint8Array): Uint16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({ length: bytes.byteLength >> 1 }, (_, i) => view.getUint16(2 * i, true));
}

/** Some writers pad tables; none may be shorter than it says. */
function exactly(count: number, entries: Uint16Array): Uint16Array {
  if (entries.length < count)
    throw new RenderError('bad-attribute', 'A LUT has fewer entries than its descriptor says');
  return entries.subarray(0, count);
}

/** Bits that the highest entry needs. */
export function bitLength(entries: Uint16Array): number {
  let most = 0;
  for (const entry of entries) if (entry > most) most = entry;
  return 32 - Math.clz32(most);
}
