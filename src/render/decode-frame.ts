import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { isCompressed } from './codec/decode-compressed.ts';
import { separate, unpackBits } from './codec/sample-layout.ts';
import { createDecodePool, type DecodePool } from './decode-pool.ts';
import type { DecodedFrame } from './decoded-frame.ts';
import { decodeNative, nativeFrame } from './native-frame.ts';
import type { PixelDescription } from './pixel-description.ts';
import { RenderError } from './render-error.ts';

/** A frame as Explicit VR Little Endian (1.2.840.10008.1.2.1) holds it. */
export interface ExplicitFrame extends DecodedFrame {
  /** Always that of the attributes, so that a reader of the metadata reads the frame right. */
  readonly planarConfiguration: 0 | 1;
}

export interface DecodeOptions {
  /** Gives up a frame that still waits for a decoder. */
  readonly signal?: AbortSignal;
  /** Decoders of the caller's own. Default: two workers, shared by all callers. */
  readonly pool?: DecodePool;
}

const native: ReadonlySet<string> = new Set([
  '1.2.840.10008.1.2',
  '1.2.840.10008.1.2.1',
  '1.2.840.10008.1.2.1.98',
  '1.2.840.10008.1.2.1.99',
  '1.2.840.10008.1.2.2',
]);
const deflatedFrame = '1.2.840.10008.1.2.8.1';

const inflate = promisify(inflateRaw);
let sharedPool: DecodePool | null = null;

/** Whether frames stored in a transfer syntax can be decoded. What cannot: JPEG XL, JPEG 2000 part 2, video. */
export function canDecode(transferSyntaxUid: string): boolean {
  return native.has(transferSyntaxUid) || transferSyntaxUid === deflatedFrame || isCompressed(transferSyntaxUid);
}

/**
 * Decodes one stored frame to its pixel values. Compressed frames are decoded in worker threads.
 *
 * @param stored - A native frame in little endian, as DICOMweb has all of them, whatever the file had (PS3.18 §8.7.3.3);
 *   packed bits from the lowest of the first byte, also where the frame began within a byte of the file. Or the joined
 *   fragments of an encapsulated frame. Longer than needed is fine.
 * @throws {RenderError} `corrupt`, `unsupported`, `busy`, `timeout`, `aborted`. Later frames are not affected.
 * @see PS3.5 §8
 */
export async function decodeFrame(
  stored: Uint8Array,
  pixels: PixelDescription,
  options: DecodeOptions = {},
): Promise<DecodedFrame> {
  if (!isCompressed(pixels.transferSyntaxUid)) return decodeNative(await inflated(stored, pixels), pixels);
  const { data, photometricInterpretation } = await poolOf(options).decode(stored, pixels, options.signal);
  const samples = pixels.bitsAllocated === 1 ? unpackBits(data, pixels.rows * pixels.columns) : data;
  return { data: samples, photometricInterpretation };
}

/**
 * Makes of one stored frame what a frame retrieval in Explicit VR Little Endian gives (PS3.18 §10.4): native frames stay
 * as they are, packed bits stay packed, others are decoded.
 *
 * The layout agrees with the metadata in all but one point: Photometric Interpretation is RGB where a code stream was
 * YCbCr, YBR_ICT or YBR_RCT, and YBR_FULL where one was YBR_FULL_422 and stays so.
 *
 * @throws {RenderError} As {@link decodeFrame}.
 */
export async function frameForExplicitLittleEndian(
  stored: Uint8Array,
  pixels: PixelDescription,
  options: DecodeOptions = {},
): Promise<ExplicitFrame> {
  const { planarConfiguration, samplesPerPixel, bitsAllocated } = pixels;
  if (!isCompressed(pixels.transferSyntaxUid)) {
    const data = nativeFrame(await inflated(stored, pixels), pixels);
    return { data, photometricInterpretation: pixels.photometricInterpretation, planarConfiguration };
  }
  const decoded = await poolOf(options).decode(stored, pixels, options.signal);
  if (planarConfiguration === 0) return { ...decoded, planarConfiguration };
  return { ...decoded, data: separate(decoded.data, samplesPerPixel, bitsAllocated / 8), planarConfiguration };
}

/** Ends the decoders that all callers share. Not needed to end a process; a later frame starts new ones. */
export async function closeDecoders(): Promise<void> {
  const pool = sharedPool;
  sharedPool = null;
  await pool?.close();
}

function poolOf({ pool }: DecodeOptions): DecodePool {
  if (pool) return pool;
  sharedPool ??= createDecodePool();
  return sharedPool;
}

/** A native frame; one of Deflated Image Frame Compression (PS3.5 §A.4.13) is inflated, to no more than it may hold. */
async function inflated(stored: Uint8Array, pixels: PixelDescription): Promise<Uint8Array> {
  const { transferSyntaxUid, rows, columns, samplesPerPixel, bitsAllocated } = pixels;
  if (native.has(transferSyntaxUid)) return stored;
  if (transferSyntaxUid !== deflatedFrame) {
    throw new RenderError('unsupported', 'Not supported: pixels in this transfer syntax');
  }
  const most = Math.ceil((rows * columns * samplesPerPixel * bitsAllocated) / 8) + 1;
  try {
    return await inflate(stored, { maxOutputLength: most });
  } catch {
    throw new RenderError('corrupt', 'The deflated frame cannot be inflated, or holds more than its pixels');
  }
}
