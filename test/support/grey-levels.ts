import type { CorpusFile } from './corpus.ts';

/** A data set as it stands in DICOM JSON. */
export type Json = Readonly<
  Record<string, { readonly Value?: readonly unknown[]; readonly BulkDataURI?: string; readonly InlineBinary?: string }>
>;

/** Gives the bytes behind a BulkDataURI. */
export type Fetch = (uri: string) => Promise<Buffer>;

/**
 * The grey level of each pixel, 0 to 255 and not rounded, straight from attributes and PS3.3 §C.11.1, §C.11.2.1.2 and
 * §C.7.6.16.2.10: written for tests, with nothing of the product in it. Where nothing tells a window, from the least value to
 * the greatest; 0 and 1, or 0 to Maximum Fractional Value, in segmentations.
 *
 * @param frame - Frame 1: native, little endian, a byte for each bit where Bits Allocated is 1.
 */
export async function greyLevels(
  frame: Uint8Array,
  file: CorpusFile,
  dataSet: Json,
  fetch: Fetch,
): Promise<Float64Array> {
  const transformation = groupOf(dataSet, '00289145');
  const slope = numberOf(transformation, '00281053') || 1;
  const intercept = numberOf(transformation, '00281052') ?? 0;
  const modalityLut = await tableOf(dataSet, '00283000', fetch);
  const padding = numberOf(dataSet, '00280120');
  const stored = storedValues(frame, file);
  const values = stored.map((value) => (modalityLut ? modalityLut(value) : value * slope + intercept));
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  values.forEach((value, i) => {
    if (stored[i] === padding) return;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  });

  const voi = groupOf(dataSet, '00289132');
  const [center, width] = [numberOf(voi, '00281050'), numberOf(voi, '00281051')];
  const voiLut = await tableOf(dataSet, '00283010', fetch);
  const fraction = numberOf(dataSet, '0062000E');
  const levelOf = (x: number): number => {
    if (center !== null && width !== null) {
      // §C.11.2.1.2.1. No file of the corpus has another function.
      if (x <= center - 0.5 - (width - 1) / 2) return 0;
      if (x > center - 0.5 + (width - 1) / 2) return 255;
      return ((x - (center - 0.5)) / (width - 1) + 0.5) * 255;
    }
    if (voiLut) return (voiLut(x) / 65_535) * 255;
    if (file.bitsAllocated === 1) return x * 255;
    if (fraction !== null) return (x / fraction) * 255;
    return greatest > least ? ((x - least) / (greatest - least)) * 255 : 0;
  };
  const isInverse = file.photometricInterpretation === 'MONOCHROME1';
  return values.map((value) => (isInverse ? 255 - levelOf(value) : levelOf(value)));
}

function storedValues(frame: Uint8Array, file: CorpusFile): Float64Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const { bitsAllocated, bitsStored, pixelRepresentation, rows, columns } = file;
  const bytes = Math.max(8, bitsAllocated ?? 8) / 8;
  const range = 2 ** (bitsStored ?? 8);
  return Float64Array.from({ length: (rows ?? 0) * (columns ?? 0) }, (_, i) => {
    const container =
      bytes === 1 ? view.getUint8(i) : bytes === 2 ? view.getUint16(2 * i, true) : view.getUint32(4 * i, true);
    const value = container % range;
    return pixelRepresentation === 1 && value >= range / 2 ? value - range : value;
  });
}

const itemOf = (dataSet: Json | undefined, sequence: string): Json | undefined =>
  dataSet?.[sequence]?.Value?.[0] as Json | undefined;

/** The functional group of frame 1, else that of all frames, else the data set itself. */
function groupOf(dataSet: Json, macro: string): Json {
  return itemOf(itemOf(dataSet, '52009230'), macro) ?? itemOf(itemOf(dataSet, '52009229'), macro) ?? dataSet;
}

function numberOf(dataSet: Json, tag: string): number | null {
  const value = dataSet[tag]?.Value?.[0];
  return value === undefined || value === null ? null : Number(value);
}

/** A LUT of 16 bits: those of the corpus have no others. */
async function tableOf(dataSet: Json, sequence: string, fetch: Fetch): Promise<((value: number) => number) | null> {
  const item = itemOf(dataSet, sequence);
  if (!item) return null;
  const [count = 0, first = 0, bits] = item['00283002']?.Value?.map(Number) ?? [];
  if (bits !== 16) throw new Error('A LUT of other than 16 bits');
  const { Value, BulkDataURI, InlineBinary } = item['00283006'] ?? {};
  const bytes = BulkDataURI ? await fetch(BulkDataURI) : Buffer.from(InlineBinary ?? '', 'base64');
  const entries = Value ? Value.map(Number) : Array.from({ length: count }, (_, i) => bytes.readUInt16LE(2 * i));
  return (value) => entries[Math.min(count - 1, Math.max(0, value - first))] ?? Number.NaN;
}
