import { corrupt, type FrameHeader } from './frame-header.ts';

/** The headers of a JPEG (ISO/IEC 10918-1) or JPEG-LS (ISO/IEC 14495-1) code stream, up to its first scan. */
export interface JpegHeader extends FrameHeader {
  /** `sequential`, `progressive` and `lossless` are JPEG; `ls` is JPEG-LS. */
  readonly process: 'sequential' | 'progressive' | 'lossless' | 'ls';
  readonly componentIds: readonly number[];
  /** Some components have fewer samples than others. */
  readonly subsampled: boolean;
  readonly jfif: boolean;
  /** Colour transform of Adobe's APP14 segment: 0 none, 1 YCbCr. Null without one. */
  readonly adobeTransform: number | null;
  /** JPEG-LS: the first scan holds one component, the others follow in scans of their own. */
  readonly interleaved: boolean;
}

const processes: Readonly<Record<number, JpegHeader['process']>> = {
  192: 'sequential',
  193: 'sequential',
  194: 'progressive',
  195: 'lossless',
  247: 'ls',
};

/**
 * Reads the segments before the first scan, as strictly as they are defined: what is no segment with a length ends the
 * reading, because decoders disagree on it (one of them stays on a TEM marker for ever).
 *
 * @throws {RenderError} `corrupt`: no such code stream, or one of hierarchical or arithmetic coding.
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) throw corrupt('Not a JPEG code stream');
  let frame: Omit<JpegHeader, 'jfif' | 'adobeTransform' | 'interleaved'> | null = null;
  let jfif = false;
  let adobeTransform: number | null = null;

  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) throw corrupt('The JPEG code stream has no marker where one must be');
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1; // fill byte
      continue;
    }
    const length = view.getUint16(at + 2);
    const end = at + 2 + length;
    const isSegment = marker >= 0xc0 && !(marker >= 0xd0 && marker <= 0xd9) && length >= 2 && end <= bytes.length;
    if (!isSegment) throw corrupt('The JPEG code stream has a broken segment');
    const segment = bytes.subarray(at + 4, end);
    const process = processes[marker];
    if (process) {
      if (frame) throw corrupt('The JPEG code stream has two frame headers');
      frame = readFrame(segment, process);
    } else if (marker === 0xda) {
      if (!frame) throw corrupt('The JPEG code stream has a scan before its frame header');
      return { ...frame, jfif, adobeTransform, interleaved: segment[0] === frame.components };
    } else if (marker === 0xe0) jfif ||= startsWith(segment, 'JFIF\0');
    else if (marker === 0xee && startsWith(segment, 'Adobe') && segment.length >= 12) {
      adobeTransform = segment[11] ?? null;
    } else if (isOtherFrame(marker)) throw corrupt('The JPEG code stream is hierarchical or arithmetic');
    at = end;
  }
  throw corrupt('The JPEG code stream ends before its first scan');
}

/** C4 is DHT, CC is DAC: the other of C5 to CF are frames of processes that DICOM does not use. */
function isOtherFrame(marker: number): boolean {
  return marker >= 0xc5 && marker <= 0xcf && marker !== 0xcc;
}

function readFrame(segment: Uint8Array, process: JpegHeader['process']) {
  const components = segment[5] ?? 0;
  if (components < 1 || segment.length < 6 + 3 * components) throw corrupt('The JPEG frame header is too short');
  const view = new DataView(segment.buffer, segment.byteOffset, segment.byteLength);
  const ids: number[] = [];
  const sampling = new Set<number>();
  for (let i = 0; i < components; i += 1) {
    ids.push(view.getUint8(6 + 3 * i));
    sampling.add(view.getUint8(7 + 3 * i));
  }
  return {
    process,
    precision: view.getUint8(0),
    height: view.getUint16(1),
    width: view.getUint16(3),
    components,
    componentIds: ids,
    subsampled: sampling.size > 1,
  };
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return bytes.length >= text.length && [...text].every((character, i) => bytes[i] === character.charCodeAt(0));
}
