import { corrupt, type FrameHeader } from './frame-header.ts';

/** The main header of a JPEG 2000 or High-Throughput JPEG 2000 code stream (ISO/IEC 15444-1 Annex A). */
export interface Jpeg2000Header extends FrameHeader {
  readonly signed: boolean;
  /** The components were turned from RGB (reversibly or not) and a decoder turns them back. */
  readonly colourTransform: boolean;
  /** The code stream alone, without a JP2 file around it. */
  readonly codeStream: Uint8Array;
}

const soc = 0xff4f;
const siz = 0xff51;
const cod = 0xff52;
const sot = 0xff90;

/**
 * Reads the main header. DICOM allows the bare code stream only (PS3.5 §A.4.4); some writers store a whole JP2 file,
 * of which the code stream is taken.
 *
 * @throws {RenderError} `corrupt`: no such code stream, components of different size or depth.
 */
export function readJpeg2000Header(bytes: Uint8Array): Jpeg2000Header {
  const codeStream = codeStreamOf(bytes);
  const view = new DataView(codeStream.buffer, codeStream.byteOffset, codeStream.byteLength);
  if (view.byteLength < 4 || view.getUint16(0) !== soc || view.getUint16(2) !== siz) {
    throw corrupt('Not a JPEG 2000 code stream');
  }
  let size: (FrameHeader & { signed: boolean }) | null = null;
  for (let at = 2; at + 4 <= view.byteLength; ) {
    const marker = view.getUint16(at);
    const length = view.getUint16(at + 2);
    if (marker === sot) break;
    if (marker < 0xff00 || length < 2 || at + 2 + length > view.byteLength) {
      throw corrupt('The JPEG 2000 code stream has a broken segment');
    }
    const segment = new DataView(view.buffer, view.byteOffset + at + 4, length - 2);
    if (marker === siz && size) throw corrupt('The JPEG 2000 code stream has two sizes');
    if (marker === siz) size = readSize(segment);
    if (marker === cod && size) {
      if (segment.byteLength < 5) throw corrupt('The JPEG 2000 coding style is too short');
      return { ...size, colourTransform: segment.getUint8(4) === 1, codeStream };
    }
    at += 2 + length;
  }
  throw corrupt('The JPEG 2000 code stream ends before its coding style');
}

function readSize(segment: DataView): FrameHeader & { signed: boolean } {
  const components = segment.byteLength >= 36 ? segment.getUint16(34) : 0;
  if (components < 1 || segment.byteLength < 36 + 3 * components) throw corrupt('The JPEG 2000 size is too short');
  const depth = segment.getUint8(36);
  for (let i = 0; i < components; i += 1) {
    const at = 36 + 3 * i;
    if (segment.getUint8(at) !== depth || segment.getUint8(at + 1) !== 1 || segment.getUint8(at + 2) !== 1) {
      throw corrupt('The JPEG 2000 components differ in size or depth');
    }
  }
  return {
    width: segment.getUint32(2) - segment.getUint32(10),
    height: segment.getUint32(6) - segment.getUint32(14),
    components,
    precision: (depth & 0x7f) + 1,
    signed: depth >= 0x80,
  };
}

/** Steps over the boxes of a JP2 file (ISO/IEC 15444-1 Annex I) to its code stream. */
function codeStreamOf(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 12 || view.getUint32(4) !== 0x6a502020) return bytes; // 'jP  '
  for (let at = 0; at + 8 <= view.byteLength; ) {
    const length = view.getUint32(at);
    const end = length === 0 ? view.byteLength : at + length;
    if (view.getUint32(at + 4) === 0x6a703263) return bytes.subarray(at + 8, end); // 'jp2c'
    if (length === 1 || end < at + 8) break;
    at = end;
  }
  throw corrupt('The JP2 file holds no code stream');
}
