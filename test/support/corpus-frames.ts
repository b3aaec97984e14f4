import { createHash } from 'node:crypto';
import type { CorpusFile } from './corpus.ts';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Samples of planes, or bits of bytes, as the manifest lays them out: samples interleaved, a byte for each bit. */
export function asInManifest(
  frame: Buffer,
  { rows, columns, bitsAllocated, planarConfiguration }: CorpusFile,
): Uint8Array {
  const pixels = (rows ?? 0) * (columns ?? 0);
  if (bitsAllocated === 1) return Uint8Array.from({ length: pixels }, (_, i) => ((frame[i >> 3] ?? 0) >> (i & 7)) & 1);
  if (planarConfiguration !== 1) return frame;
  return Uint8Array.from({ length: 3 * pixels }, (_, i) => frame[(i % 3) * pixels + Math.floor(i / 3)] ?? 0);
}

export function meanOfChannels(frame: Buffer, file: CorpusFile): number[] {
  const samples = file.samplesPerPixel ?? 1;
  const bytes = (file.bitsAllocated ?? 8) / 8;
  const sums = new Array<number>(samples).fill(0);
  const count = frame.length / bytes;
  for (let i = 0; i < count; i++) {
    const value =
      file.pixelRepresentation === 1 ? frame.readIntLE(i * bytes, bytes) : frame.readUIntLE(i * bytes, bytes);
    sums[i % samples] = (sums[i % samples] ?? 0) + value;
  }
  return sums.map((sum) => (sum * samples) / count);
}

/** How far a lossy frame is from the manifest in the mean of its worst channel, in grey levels. */
export function distanceInMean(frame: Buffer, file: CorpusFile): number {
  const means = meanOfChannels(frame, file);
  return Math.max(
    ...[file.frame1?.mean ?? Number.NaN].flat().map((mean, i) => Math.abs((means[i] ?? Number.NaN) - mean)),
  );
}

/**
 * Frames in Explicit VR Little Endian whose bytes are not those of the manifest, and why: they are laid out as the
 * metadata says, so that who reads both reads the pixels right. The manifest has one layout for all.
 */
export const laidOutByMetadata: Readonly<Record<string, string>> = {
  'seg/archibald-binary.dcm': 'Bits Allocated is 1: eight pixels a byte',
  'seg/headneck-tumor.dcm': 'Bits Allocated is 1: eight pixels a byte',
  'seg/liver.dcm': 'Bits Allocated is 1: eight pixels a byte',
  'seg/odd-510x510-rle.dcm': 'Bits Allocated is 1: eight pixels a byte',
  'seg/partial-overlaps.dcm': 'Bits Allocated is 1: eight pixels a byte',
  'seg/tiny-24x38-binary.dcm': 'Bits Allocated is 1: eight pixels a byte',
  'us/rgb-planar-1.dcm': 'Planar Configuration is 1: red, green, blue one after the other',
  'us/ybr-full-rle.dcm': 'Planar Configuration is 1: Y, CB, CR one after the other',
};
