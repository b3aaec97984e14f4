import type { JsonDataSet } from '../dicom/data-set.ts';
import type { BulkLocation } from './bulk-data.ts';
import type { ByteRange } from './data-element.ts';

/** Pixel Data, Float Pixel Data, Double Float Pixel Data: an image has one of them. */
const tags = ['7FE00010', '7FE00008', '7FE00009'] as const;

interface Common extends ByteRange {
  readonly tag: (typeof tags)[number];
  readonly vr: string;
  /** Number of Frames (0028,0008); 1 where it is absent; by length or offset table where it is not a number. */
  readonly numberOfFrames: number;
}

/** Frame after frame without a gap (PS3.5 §8.1.1). */
export interface NativePixelData extends Common {
  readonly kind: 'native';
  /** Bits of one frame: rows x columns x samples x bits. null where the image is not described, or cannot be native. */
  readonly frameBits: number | null;
  /** Bytes of a word to turn round, where the file is Big Endian; else 1. */
  readonly swapBytes: 1 | 2 | 4 | 8;
}

/** Fragments in items (PS3.5 §A.4). */
export interface EncapsulatedPixelData extends Common {
  readonly kind: 'encapsulated';
  /** Without the Basic Offset Table. `offset` and `length` span all items, that of the table too. */
  readonly fragments: readonly ByteRange[];
  /** Offsets of the frames from the first fragment's item, by the Extended Offset Table or the Basic one; else empty. */
  readonly frameOffsets: readonly number[];
}

export type PixelDataLocation = NativePixelData | EncapsulatedPixelData;

const extendedOffsetTable = '7FE00001';

/**
 * Where the pixels of the data set itself lie, those of icons aside. null without pixel data, or with an empty one.
 *
 * @param encapsulated - Whether the transfer syntax says that pixels are; undefined where it is not known.
 */
export function locatePixelData(
  bytes: Buffer,
  dataSet: JsonDataSet,
  bulk: ReadonlyMap<string, BulkLocation>,
  encapsulated: boolean | undefined,
  note: (problem: string) => void,
): PixelDataLocation | null {
  for (const tag of tags) {
    const location = bulk.get(tag);
    if (!location) continue;
    const { offset, length, vr, fragments } = location;
    if (encapsulated !== undefined && encapsulated !== (fragments !== null)) {
      note(`${tag} is ${fragments ? 'encapsulated' : 'native'}, against its transfer syntax`);
    }
    if (!fragments) return native(tag, location, dataSet, encapsulated === true);
    const [table, ...rest] = fragments;
    const frameOffsets = extendedOffsets(bytes, dataSet, bulk) ?? basicOffsets(bytes, table);
    return {
      kind: 'encapsulated',
      tag,
      vr,
      offset,
      length,
      numberOfFrames: frameCount(dataSet) ?? Math.max(1, frameOffsets.length),
      fragments: rest,
      frameOffsets,
    };
  }
  return null;
}

function native(
  tag: Common['tag'],
  location: BulkLocation,
  dataSet: JsonDataSet,
  isContradiction: boolean,
): NativePixelData {
  const { offset, length, vr } = location;
  const bitsAllocated = numberOf(dataSet, '00280100');
  const count = frameCount(dataSet);
  const frameBits = isContradiction ? null : frameBitsOf(dataSet, bitsAllocated, length, count ?? 1);
  const byLength = frameBits ? Math.max(1, Math.floor((length * 8) / frameBits)) : 1;
  // Samples of 32 and 64 bits are one number each, though OW has words of 16.
  const wide = location.swapBytes > 1 && (bitsAllocated === 32 || bitsAllocated === 64);
  const swapBytes = !wide ? location.swapBytes : bitsAllocated === 32 ? 4 : 8;
  return { kind: 'native', tag, vr, offset, length, numberOfFrames: count ?? byLength, frameBits, swapBytes };
}

function frameBitsOf(
  dataSet: JsonDataSet,
  bitsAllocated: number | null,
  length: number,
  frames: number,
): number | null {
  const pixels = (numberOf(dataSet, '00280010') ?? 0) * (numberOf(dataSet, '00280011') ?? 0);
  const samples = numberOf(dataSet, '00280002') ?? 1;
  if (!bitsAllocated || pixels === 0) return null;
  const full = pixels * samples * bitsAllocated;
  const photometric = dataSet['00280004']?.Value?.[0];
  // Two luminance samples share a pair of chrominance samples (PS3.3 §C.7.6.3.1.2). Some writers say so and do not do it.
  const halved = samples === 3 && (photometric === 'YBR_FULL_422' || photometric === 'YBR_PARTIAL_422');
  return halved && length * 8 < full * frames ? pixels * 2 * bitsAllocated : full;
}

/** 1 where absent, null where it is not a positive integer. */
function frameCount(dataSet: JsonDataSet): number | null {
  const element = dataSet['00280008'];
  if (element?.Value === undefined) return 1;
  const count = numberOf(dataSet, '00280008');
  return count !== null && Number.isSafeInteger(count) && count > 0 ? count : null;
}

function numberOf(dataSet: JsonDataSet, tag: string): number | null {
  const value = dataSet[tag]?.Value?.[0];
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^[+-]?\d{1,15}$/.test(value) ? Number(value) : null;
}

function basicOffsets(bytes: Buffer, table: ByteRange | undefined): number[] {
  const offsets: number[] = [];
  if (!table) return offsets;
  for (let at = 0; at + 4 <= table.length; at += 4) offsets.push(bytes.readUInt32LE(table.offset + at));
  return offsets;
}

function extendedOffsets(
  bytes: Buffer,
  dataSet: JsonDataSet,
  bulk: ReadonlyMap<string, BulkLocation>,
): number[] | null {
  const inline = dataSet[extendedOffsetTable]?.InlineBinary;
  const location = bulk.get(extendedOffsetTable);
  const table = location
    ? bytes.subarray(location.offset, location.offset + location.length)
    : inline && Buffer.from(inline, 'base64');
  if (!table) return null;
  const offsets: number[] = [];
  for (let at = 0; at + 8 <= table.length; at += 8) offsets.push(Number(table.readBigUInt64LE(at)));
  return offsets;
}
