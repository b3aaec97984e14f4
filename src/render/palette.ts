import type { DataSet } from '../dicom/data-set.ts';
import { tag } from '../dicom/tag.ts';
import { bitLength, bytesOf, type ReadBulkData, readDescriptor, readEntries, wordsOf } from './lookup-table.ts';
import { RenderError } from './render-error.ts';

/** Colours by pixel value. Values outside get the first or the last. */
export interface Palette {
  /** The pixel value of the first colour. */
  readonly first: number;
  /** Red, green, blue of 8 bits each, one colour after the other. */
  readonly colours: Uint8Array;
}

const channels = [
  { descriptor: tag('00281101'), data: tag('00281201'), segmented: tag('00281221') },
  { descriptor: tag('00281102'), data: tag('00281202'), segmented: tag('00281222') },
  { descriptor: tag('00281103'), data: tag('00281203'), segmented: tag('00281223') },
] as const;

/**
 * Reads the Palette Color Lookup Tables, plain or segmented, of 8 or 16 bits. 16 bits are cut down to their high byte.
 *
 * @throws {RenderError} `missing-attribute`, `bad-attribute`
 * @see PS3.3 §C.7.6.3.1.5, §C.7.6.3.1.6 and §C.7.9
 */
export async function readPalette(dataSet: DataSet, signedInput: boolean, read: ReadBulkData): Promise<Palette> {
  const tables = await Promise.all(
    channels.map(async ({ descriptor, data, segmented }) => {
      const { count, first, bits } = readDescriptor(dataSet, descriptor, signedInput);
      const entries =
        (await readEntries(dataSet, data, count, read)) ??
        expandSegments(await bytesOf(dataSet, segmented, read), bits, count);
      return { first, bits, entries };
    }),
  );
  const { first = 0, entries: { length } = [] } = tables[0] ?? {};
  if (tables.some((table) => table.entries.length !== length || table.first !== first)) {
    throw new RenderError('bad-attribute', 'The palettes of red, green and blue differ in size');
  }
  // Tables that say 16 bits and hold 8 are old and many; all three decide, for one channel may well be dark.
  const bits = Math.max(...tables.map((table) => bitLength(table.entries)));
  const shift = bits <= 8 ? 0 : Math.max(...tables.map((table) => Math.max(table.bits, bits))) - 8;
  const colours = new Uint8Array(length * 3);
  tables.forEach(({ entries }, channel) => {
    for (let i = 0; i < length; i += 1) colours[3 * i + channel] = (entries[i] ?? 0) >> shift;
  });
  return { first, colours };
}

/**
 * Expands a segmented table: runs of entries (0), lines to an end value (1), and repeats of earlier segments (2).
 *
 * @see PS3.3 §C.7.9.2
 */
export function expandSegments(data: Uint8Array | null, bits: number, count: number): Uint16Array {
  if (!data) throw new RenderError('missing-attribute', 'The palette is absent, or cannot be had');
  const unitBytes = bits <= 8 ? 1 : 2;
  const units = unitBytes === 1 ? Uint16Array.from(data) : wordsOf(data);
  const entries = new Uint16Array(count);
  let filled = 0;

  const expand = (from: number, most: number, isRepeat: boolean): void => {
    let at = from;
    for (let segment = 0; segment < most && filled < count && at + 2 < units.length; segment += 1) {
      const [opcode = 0, length = 0] = units.subarray(at, at + 2);
      at += 2;
      if (opcode === 0) {
        for (const end = at + length; at < end && filled < count; at += 1, filled += 1)
          entries[filled] = units[at] ?? 0;
      } else if (opcode === 1 && filled > 0) {
        const start = entries[filled - 1] ?? 0;
        const rise = (units[at] ?? 0) - start;
        for (let i = 1; i <= length && filled < count; i += 1, filled += 1) {
          entries[filled] = Math.round(start + (rise * i) / length);
        }
        at += 1;
      } else if (opcode === 2 && !isRepeat) {
        expand(repeatOffset(units, at, unitBytes), length, true);
        at += unitBytes === 1 ? 4 : 2;
      } else throw new RenderError('bad-attribute', 'A segmented palette has a segment that cannot be');
    }
  };
  expand(0, Number.POSITIVE_INFINITY, false);
  if (filled < count) throw new RenderError('bad-attribute', 'A segmented palette has fewer entries than it says');
  return entries;
}

/** Where the segments to repeat begin: a byte offset of 32 bits, the low half first. In units. */
function repeatOffset(units: Uint16Array, at: number, unitBytes: 1 | 2): number {
  const [a = 0, b = 0, c = 0, d = 0] = units.subarray(at, at + 4);
  return unitBytes === 1 ? a + b * 2 ** 8 + c * 2 ** 16 + d * 2 ** 24 : Math.floor((a + b * 2 ** 16) / 2);
}
