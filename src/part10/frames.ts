import { inLittleEndian, joined } from './bulk-data.ts';
import type { ByteRange } from './data-element.ts';
import { Part10Error } from './part10-error.ts';
import type { EncapsulatedPixelData, NativePixelData, PixelDataLocation } from './pixel-data.ts';

/**
 * The bytes of one frame as they are stored: where they lie together a view on those of the file, else a copy.
 *
 * Native: Little Endian, planes and chrominance subsampling as they are. Frames of 1 bit a pixel follow each other
 * without padding and may start within a byte: such a frame is moved to start at bit 0 of its first byte, the least
 * significant; unused bits of its last byte are 0, so that each frame can be read by itself.
 *
 * Encapsulated: the frame's fragments joined, with the byte that pads the last to even length. Which fragments those are
 * is told by the Extended or the Basic Offset Table; without one, or with one that points beside the fragments, by one
 * fragment a frame, or one frame in all, or by the code streams' first bytes.
 *
 * @param frameNumber - From 1.
 * @throws {Part10Error} no-frames, no-such-frame, truncated, frames-indistinct.
 */
export function readFrame(
  file: { readonly bytes: Buffer; readonly pixelData: PixelDataLocation | null },
  frameNumber: number,
): Buffer {
  const { bytes, pixelData } = file;
  if (!pixelData) throw new Part10Error('no-frames', 'There is no pixel data');
  if (!Number.isSafeInteger(frameNumber) || frameNumber < 1 || frameNumber > pixelData.numberOfFrames) {
    throw new Part10Error('no-such-frame', `There are ${pixelData.numberOfFrames} frames`);
  }
  return pixelData.kind === 'native'
    ? nativeFrame(bytes, pixelData, frameNumber - 1)
    : joined(bytes, framesOf(bytes, pixelData)[frameNumber - 1] ?? []);
}

function nativeFrame(bytes: Buffer, pixels: NativePixelData, index: number): Buffer {
  const { offset, length, frameBits, swapBytes } = pixels;
  if (frameBits === null) throw new Part10Error('no-frames', 'Nothing tells how long a native frame is');
  const firstBit = index * frameBits;
  const lastBit = firstBit + frameBits;
  if (lastBit > length * 8) throw new Part10Error('truncated', `The pixel data ends before frame ${index + 1} does`);
  // Whole words, for the sake of swapping.
  const firstByte = Math.floor(firstBit / 8);
  const lastByte = Math.ceil(lastBit / 8);
  const from = firstByte - (firstByte % swapBytes);
  const to = Math.min(length, Math.ceil(lastByte / swapBytes) * swapBytes);
  const words = inLittleEndian(bytes.subarray(offset + from, offset + to), swapBytes);
  const frame = words.subarray(firstByte - from, lastByte - from);
  return frameBits % 8 === 0 && firstBit % 8 === 0 ? frame : bitsOf(frame, firstBit % 8, frameBits);
}

function bitsOf(bytes: Buffer, shift: number, bits: number): Buffer {
  const moved = Buffer.alloc(Math.ceil(bits / 8));
  for (let at = 0; at < moved.length; at++) {
    moved[at] = ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)) >> shift;
  }
  const used = bits % 8;
  if (used !== 0) moved[moved.length - 1] = (moved[moved.length - 1] ?? 0) & ((1 << used) - 1);
  return moved;
}

const known = new WeakMap<EncapsulatedPixelData, readonly (readonly ByteRange[])[]>();

/** The fragments of each frame, in order. Found once a file: a slide has tens of thousands of them. */
function framesOf(bytes: Buffer, pixels: EncapsulatedPixelData): readonly (readonly ByteRange[])[] {
  const frames = known.get(pixels) ?? findFrames(bytes, pixels);
  known.set(pixels, frames);
  return frames;
}

function findFrames(bytes: Buffer, pixels: EncapsulatedPixelData): ByteRange[][] {
  const { fragments, numberOfFrames, frameOffsets } = pixels;
  const byTable = numberOfFrames === frameOffsets.length ? startsByOffset(fragments, frameOffsets) : null;
  if (byTable) return split(fragments, byTable);
  if (fragments.length === numberOfFrames) return fragments.map((fragment) => [fragment]);
  if (numberOfFrames === 1 && fragments.length > 0) return [[...fragments]];
  for (const afterEnd of [false, true]) {
    const starts = startsByCodeStream(bytes, fragments, afterEnd);
    if (starts.length === numberOfFrames && starts[0] === 0) return split(fragments, starts);
  }
  throw new Part10Error(
    'frames-indistinct',
    `${fragments.length} fragments cannot be told apart into ${numberOfFrames} frames`,
  );
}

/** Indices of the fragments that the offsets point at; null unless each points at one, in order, from the first. */
function startsByOffset(fragments: readonly ByteRange[], offsets: readonly number[]): number[] | null {
  const base = (fragments[0]?.offset ?? 0) - itemHeaderBytes;
  const starts: number[] = [];
  let index = 0;
  for (const offset of offsets) {
    while (index < fragments.length && (fragments[index]?.offset ?? 0) - itemHeaderBytes - base < offset) index += 1;
    const found = fragments[index];
    if (!found || found.offset - itemHeaderBytes - base !== offset) return null;
    if (starts.length > 0 && index <= (starts.at(-1) ?? 0)) return null;
    starts.push(index);
  }
  return starts[0] === 0 ? starts : null;
}

const itemHeaderBytes = 8;

/**
 * Indices of the fragments that begin a code stream: SOI of JPEG and JPEG-LS, SOC and SIZ of JPEG 2000, JPEG XL bare
 * or in boxes. With `afterEnd` only where the fragment before ends with the end marker of the JPEG family.
 */
function startsByCodeStream(bytes: Buffer, fragments: readonly ByteRange[], afterEnd: boolean): number[] {
  const starts: number[] = [];
  for (const [index, { offset, length }] of fragments.entries()) {
    const head = bytes.subarray(offset, offset + Math.min(length, 4)).toString('hex');
    const begins = head.startsWith('ffd8ff') || head.startsWith('ff0a') || head === 'ff4fff51' || head === '0000000c';
    const before = fragments[index - 1];
    if (begins && (!afterEnd || !before || endsCodeStream(bytes, before))) starts.push(index);
  }
  return starts;
}

function endsCodeStream(bytes: Buffer, { offset, length }: ByteRange): boolean {
  const tail = bytes.subarray(offset + Math.max(0, length - 3), offset + length).toString('hex');
  return tail.endsWith('ffd9') || tail === 'ffd900';
}

function split(fragments: readonly ByteRange[], starts: readonly number[]): ByteRange[][] {
  return starts.map((start, index) => fragments.slice(start, starts[index + 1]));
}
