import { createRequire } from 'node:module';
import type { Context as CodecContext, NativeCodecs as Codecs } from 'dcmjs-codecs';

// The encoders of the package whose decoders are used: they make code streams that the corpus lacks. Expected values
// never come from them.
const { Context, NativeCodecs } = createRequire(import.meta.url)('dcmjs-codecs') as {
  Context: typeof CodecContext;
  NativeCodecs: typeof Codecs;
};

interface Image {
  readonly columns: number;
  readonly rows: number;
  readonly samplesPerPixel: 1 | 3;
  readonly bitsStored: number;
  readonly signed?: boolean;
  /** Interleaved; little endian words where there are more than 8 bits. */
  readonly data: Uint8Array;
}

type Encoder = 'encodeJpeg' | 'encodeJpegLs' | 'encodeJpeg2000' | 'encodeHtJpeg2000';

export async function encode(
  encoder: Encoder,
  image: Image,
  parameters: Record<string, unknown> = {},
): Promise<Uint8Array> {
  if (!NativeCodecs.isInitialized()) await NativeCodecs.initializeAsync();
  const context = new Context({
    width: image.columns,
    height: image.rows,
    bitsAllocated: image.bitsStored <= 8 ? 8 : 16,
    bitsStored: image.bitsStored,
    samplesPerPixel: image.samplesPerPixel,
    pixelRepresentation: image.signed ? 1 : 0,
    planarConfiguration: 0,
    photometricInterpretation: image.samplesPerPixel === 3 ? 'RGB' : 'MONOCHROME2',
    decodedBuffer: image.data,
  });
  const encoded = NativeCodecs[encoder](context, { lossy: false, ...parameters }).getEncodedBuffer();
  if (!encoded) throw new Error('Nothing was encoded');
  return encoded;
}

/** The bytes between the first scan header and the end of a JPEG or JPEG-LS code stream of one scan. */
export function scanOf(codeStream: Uint8Array): Uint8Array {
  const stream = Buffer.from(codeStream);
  const scan = stream.indexOf(Buffer.from('ffda', 'hex'));
  return stream.subarray(scan + 2 + stream.readUInt16BE(scan + 2), stream.lastIndexOf(Buffer.from('ffd9', 'hex')));
}

/** An RLE frame of segments that are already packed (PS3.5 Annex G). */
export function rleFrame(...segments: readonly (readonly number[])[]): Uint8Array {
  const header = new Uint32Array(16);
  header[0] = segments.length;
  let offset = 64;
  segments.forEach((segment, i) => {
    header[i + 1] = offset;
    offset += segment.length;
  });
  return Buffer.concat([new Uint8Array(header.buffer), Uint8Array.from(segments.flat())]);
}
