import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';

/** Transfer syntaxes whose frames src/render decodes, below 1.2.840.10008. What is missing: JPEG XL, JPEG 2000 part 2, video. */
export const decodedSyntaxes: readonly string[] = [
  ...['1.2', '1.2.1', '1.2.1.98', '1.2.1.99', '1.2.2', '1.2.5', '1.2.8.1'],
  ...['1.2.4.50', '1.2.4.51', '1.2.4.57', '1.2.4.70', '1.2.4.80', '1.2.4.81', '1.2.4.90', '1.2.4.91'],
  ...['1.2.4.201', '1.2.4.202', '1.2.4.203'],
].map((suffix) => `1.2.840.10008.${suffix}`);

/** Photometric Interpretations that src/render draws; the two of JPEG 2000 are RGB once decoded. */
const drawnInterpretations: ReadonlySet<string> = new Set([
  ...['MONOCHROME1', 'MONOCHROME2', 'PALETTE COLOR', 'RGB', 'YBR_ICT', 'YBR_RCT'],
  ...['YBR_FULL', 'YBR_FULL_422', 'YBR_PARTIAL', 'YBR_PARTIAL_422'],
]);

/** Most pixels of a frame that are drawn. */
export const defaultMaxPixels = 2 ** 25;
/** Longest side of a picture: `maxViewportSide` of src/render. */
const maxSide = 8_192;
/** Most samples, pixels times samples a pixel: `maxFrameSamples` of src/render. */
const maxSamples = 2 ** 26;

const tags = {
  availableTransferSyntaxUID: tagOf('AvailableTransferSyntaxUID'),
  photometricInterpretation: tagOf('PhotometricInterpretation'),
  samplesPerPixel: tagOf('SamplesPerPixel'),
  bitsAllocated: tagOf('BitsAllocated'),
  rows: tagOf('Rows'),
  columns: tagOf('Columns'),
};

/** What {@link isDrawable} reads, where it is there. */
export const drawableTags = Object.values(tags);

/**
 * Whether the gateway can draw the frames of an image, by what a row or metadata tells of it. What is not told counts as
 * possible.
 */
export function isDrawable(dataSet: DataSet, maxPixels: number): boolean {
  const [rows, columns] = [dataSet.integer(tags.rows) ?? 1, dataSet.integer(tags.columns) ?? 1];
  const samples = dataSet.integer(tags.samplesPerPixel) ?? 1;
  const interpretation = dataSet.text(tags.photometricInterpretation);
  const bits = dataSet.integer(tags.bitsAllocated) ?? 8;
  return (
    isStoredIn(dataSet, decodedSyntaxes) &&
    (interpretation === null || drawnInterpretations.has(interpretation)) &&
    (samples === 1 || samples === 3) &&
    [1, 8, 16, 32].includes(bits) &&
    rows * columns <= maxPixels &&
    rows * columns * samples <= maxSamples
  );
}

/** Whether an object is stored in one of these transfer syntaxes, or is not known not to be. */
export function isStoredIn(dataSet: DataSet, syntaxes: readonly string[]): boolean {
  const available = dataSet.texts(tags.availableTransferSyntaxUID).filter((uid) => uid !== null);
  return available.length === 0 || available.some((uid) => syntaxes.includes(uid));
}

/** Whether the gateway draws a picture as large as this box. */
export function isDrawnViewport({ width, height }: { width: number; height: number }, maxPixels: number): boolean {
  return Math.max(width, height) <= maxSide && width * height <= maxPixels;
}
