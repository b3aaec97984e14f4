import type { Uid } from './uid.ts';

/** How a data set and its pixels are encoded (PS3.5 §10 and Annex A; names of PS3.6 Table A-1). */
export interface TransferSyntax {
  readonly uid: Uid;
  readonly name: string;
  /** Pixel data is in fragments (PS3.5 §A.4): compressed, or native and encapsulated. */
  readonly encapsulated: boolean;
  /** Decoding need not give back the pixels that were encoded. Syntaxes that allow both count as lossy. */
  readonly lossy: boolean;
  readonly bigEndian: boolean;
  readonly deflated: boolean;
  readonly implicit: boolean;
  /** What one frame in this syntax is sent as (PS3.18 §8.7.3.3). */
  readonly frameMediaType: string;
}

type Form = 'native' | 'implicit' | 'bigEndian' | 'deflated' | 'lossless' | 'lossy';

const raw = 'application/octet-stream';

/**
 * Those of PS3.6 Table A-1 that stored objects have, also the retired JPEG processes. Not here: references to pixels kept
 * elsewhere (JPIP), live video (SMPTE ST 2110), MIME and XML.
 */
const rows: readonly (readonly [string, string, Form, string])[] = [
  ['1.2', 'Implicit VR Little Endian', 'implicit', raw],
  ['1.2.1', 'Explicit VR Little Endian', 'native', raw],
  ['1.2.1.98', 'Encapsulated Uncompressed Explicit VR Little Endian', 'lossless', raw],
  ['1.2.1.99', 'Deflated Explicit VR Little Endian', 'deflated', raw],
  ['1.2.2', 'Explicit VR Big Endian', 'bigEndian', raw],
  ['1.2.4.50', 'JPEG Baseline (Process 1)', 'lossy', 'image/jpeg'],
  ['1.2.4.51', 'JPEG Extended (Process 2 and 4)', 'lossy', 'image/jpeg'],
  ['1.2.4.57', 'JPEG Lossless, Non-Hierarchical (Process 14)', 'lossless', 'image/jpeg'],
  [
    '1.2.4.70',
    'JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14 [Selection Value 1])',
    'lossless',
    'image/jpeg',
  ],
  ['1.2.4.80', 'JPEG-LS Lossless Image Compression', 'lossless', 'image/jls'],
  ['1.2.4.81', 'JPEG-LS Lossy (Near-Lossless) Image Compression', 'lossy', 'image/jls'],
  ['1.2.4.90', 'JPEG 2000 Image Compression (Lossless Only)', 'lossless', 'image/jp2'],
  ['1.2.4.91', 'JPEG 2000 Image Compression', 'lossy', 'image/jp2'],
  ['1.2.4.92', 'JPEG 2000 Part 2 Multi-component Image Compression (Lossless Only)', 'lossless', 'image/jpx'],
  ['1.2.4.93', 'JPEG 2000 Part 2 Multi-component Image Compression', 'lossy', 'image/jpx'],
  ['1.2.4.110', 'JPEG XL Lossless', 'lossless', 'image/jxl'],
  ['1.2.4.111', 'JPEG XL JPEG Recompression', 'lossy', 'image/jxl'],
  ['1.2.4.112', 'JPEG XL', 'lossy', 'image/jxl'],
  ['1.2.4.201', 'High-Throughput JPEG 2000 Image Compression (Lossless Only)', 'lossless', 'image/jphc'],
  [
    '1.2.4.202',
    'High-Throughput JPEG 2000 with RPCL Options Image Compression (Lossless Only)',
    'lossless',
    'image/jphc',
  ],
  ['1.2.4.203', 'High-Throughput JPEG 2000 Image Compression', 'lossy', 'image/jphc'],
  ['1.2.5', 'RLE Lossless', 'lossless', 'image/dicom-rle'],
  ['1.2.8.1', 'Deflated Image Frame Compression', 'lossless', 'application/x-deflate'],
  ['1.2.4.52', 'JPEG Extended (Process 3 and 5)', 'lossy', 'image/jpeg'],
  ['1.2.4.53', 'JPEG Spectral Selection, Non-Hierarchical (Process 6 and 8)', 'lossy', 'image/jpeg'],
  ['1.2.4.54', 'JPEG Spectral Selection, Non-Hierarchical (Process 7 and 9)', 'lossy', 'image/jpeg'],
  ['1.2.4.55', 'JPEG Full Progression, Non-Hierarchical (Process 10 and 12)', 'lossy', 'image/jpeg'],
  ['1.2.4.56', 'JPEG Full Progression, Non-Hierarchical (Process 11 and 13)', 'lossy', 'image/jpeg'],
  ['1.2.4.58', 'JPEG Lossless, Non-Hierarchical (Process 15)', 'lossless', 'image/jpeg'],
  ['1.2.4.59', 'JPEG Extended, Hierarchical (Process 16 and 18)', 'lossy', 'image/jpeg'],
  ['1.2.4.60', 'JPEG Extended, Hierarchical (Process 17 and 19)', 'lossy', 'image/jpeg'],
  ['1.2.4.61', 'JPEG Spectral Selection, Hierarchical (Process 20 and 22)', 'lossy', 'image/jpeg'],
  ['1.2.4.62', 'JPEG Spectral Selection, Hierarchical (Process 21 and 23)', 'lossy', 'image/jpeg'],
  ['1.2.4.63', 'JPEG Full Progression, Hierarchical (Process 24 and 26)', 'lossy', 'image/jpeg'],
  ['1.2.4.64', 'JPEG Full Progression, Hierarchical (Process 25 and 27)', 'lossy', 'image/jpeg'],
  ['1.2.4.65', 'JPEG Lossless, Hierarchical (Process 28)', 'lossless', 'image/jpeg'],
  ['1.2.4.66', 'JPEG Lossless, Hierarchical (Process 29)', 'lossless', 'image/jpeg'],
  ['1.2.4.100', 'MPEG2 Main Profile / Main Level', 'lossy', 'video/mpeg2'],
  ['1.2.4.100.1', 'Fragmentable MPEG2 Main Profile / Main Level', 'lossy', 'video/mpeg2'],
  ['1.2.4.101', 'MPEG2 Main Profile / High Level', 'lossy', 'video/mpeg2'],
  ['1.2.4.101.1', 'Fragmentable MPEG2 Main Profile / High Level', 'lossy', 'video/mpeg2'],
  ['1.2.4.102', 'MPEG-4 AVC/H.264 High Profile / Level 4.1', 'lossy', 'video/mp4'],
  ['1.2.4.102.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1', 'lossy', 'video/mp4'],
  ['1.2.4.103', 'MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1', 'lossy', 'video/mp4'],
  ['1.2.4.103.1', 'Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1', 'lossy', 'video/mp4'],
  ['1.2.4.104', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video', 'lossy', 'video/mp4'],
  ['1.2.4.104.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video', 'lossy', 'video/mp4'],
  ['1.2.4.105', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video', 'lossy', 'video/mp4'],
  ['1.2.4.105.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video', 'lossy', 'video/mp4'],
  ['1.2.4.106', 'MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2', 'lossy', 'video/mp4'],
  ['1.2.4.106.1', 'Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2', 'lossy', 'video/mp4'],
  ['1.2.4.107', 'HEVC/H.265 Main Profile / Level 5.1', 'lossy', 'video/H265'],
  ['1.2.4.108', 'HEVC/H.265 Main 10 Profile / Level 5.1', 'lossy', 'video/H265'],
];

/** Every transfer syntax known here, by UID. */
export const transferSyntaxes: ReadonlyMap<string, TransferSyntax> = new Map(
  rows.map(([suffix, name, form, frameMediaType]) => {
    const uid = `1.2.840.10008.${suffix}` as Uid;
    const syntax: TransferSyntax = {
      uid,
      name,
      encapsulated: form === 'lossless' || form === 'lossy',
      lossy: form === 'lossy',
      bigEndian: form === 'bigEndian',
      deflated: form === 'deflated',
      implicit: form === 'implicit',
      frameMediaType,
    };
    return [uid, syntax] as const;
  }),
);

export function transferSyntaxOf(uid: string): TransferSyntax | undefined {
  return transferSyntaxes.get(uid);
}

/** What one frame stored in a transfer syntax is sent as (PS3.18 §8.7.3.3); null where the syntax is not known. */
export function frameMediaType(uid: string): string | null {
  return transferSyntaxes.get(uid)?.frameMediaType ?? null;
}

export const explicitVrLittleEndian = '1.2.840.10008.1.2.1' as Uid;
export const implicitVrLittleEndian = '1.2.840.10008.1.2' as Uid;
