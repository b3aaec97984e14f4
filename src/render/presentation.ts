import type { DataSet } from '../dicom/data-set.ts';
import { type Tag, tag } from '../dicom/tag.ts';
import { type LookupTable, type ReadBulkData, readLookupTable } from './lookup-table.ts';
import { type Palette, readPalette } from './palette.ts';
import type { PixelDescription } from './pixel-description.ts';
import { type VoiWindow, windowFunctionOf } from './voi-window.ts';

/** What an image says of how its stored values are to be shown, for one frame. */
export interface Presentation {
  /** From stored values to what the modality measured (PS3.3 §C.11.1). */
  readonly modality: { readonly slope: number; readonly intercept: number } | LookupTable;
  /** From modality values to grey: null means from the least to the greatest value of the frame. */
  readonly voi: VoiWindow | LookupTable | { readonly least: number; readonly greatest: number } | null;
  /** The least grey is shown white: MONOCHROME1, or Presentation LUT Shape INVERSE. */
  readonly inverted: boolean;
  /** Stored values that are no part of the image, both ends included (PS3.3 §C.7.5.1.1.2). */
  readonly padding: { readonly least: number; readonly greatest: number } | null;
  /** Where Photometric Interpretation is PALETTE COLOR. */
  readonly palette: Palette | null;
}

const tags = {
  floatPaddingValue: tag('00280122'),
  doublePaddingValue: tag('00280123'),
  floatPaddingLimit: tag('00280124'),
  doublePaddingLimit: tag('00280125'),
  paddingValue: tag('00280120'),
  paddingLimit: tag('00280121'),
  windowCenter: tag('00281050'),
  windowWidth: tag('00281051'),
  rescaleIntercept: tag('00281052'),
  rescaleSlope: tag('00281053'),
  voiLutFunction: tag('00281056'),
  modalityLutSequence: tag('00283000'),
  voiLutSequence: tag('00283010'),
  frameVoiLutSequence: tag('00289132'),
  pixelValueTransformationSequence: tag('00289145'),
  presentationLutShape: tag('20500020'),
  maximumFractionalValue: tag('0062000E'),
  sharedFunctionalGroupsSequence: tag('52009229'),
  perFrameFunctionalGroupsSequence: tag('52009230'),
};

/**
 * Reads how a frame is to be shown, with the frame's own functional groups, then the shared ones, before the attributes
 * of the image (PS3.3 §C.7.6.16).
 *
 * Of several windows the first usable one counts, and windows before VOI LUTs. A linear window narrower than 1, against
 * the standard, is read as LINEAR_EXACT, which is what its writers mean. Segmentations without a window have the range of
 * their values: 0 and 1, or 0 to Maximum Fractional Value.
 *
 * Colour has a palette at most: the other attributes are for MONOCHROME.
 *
 * @param frameNumber - From 1.
 * @param read - For tables that metadata refers to as bulk data. Without it they count as missing.
 * @throws {RenderError} `missing-attribute`, `bad-attribute`: a LUT or palette that is announced cannot be read.
 */
export async function presentationOf(
  dataSet: DataSet,
  pixels: PixelDescription,
  frameNumber = 1,
  read: ReadBulkData = async () => null,
): Promise<Presentation> {
  const group = (sequence: Tag): DataSet =>
    dataSet.items(tags.perFrameFunctionalGroupsSequence)[frameNumber - 1]?.items(sequence)[0] ??
    dataSet.items(tags.sharedFunctionalGroupsSequence)[0]?.items(sequence)[0] ??
    dataSet;

  const padding = readPadding(dataSet, pixels);
  if (!pixels.photometricInterpretation.startsWith('MONOCHROME')) {
    const isPalette = pixels.photometricInterpretation === 'PALETTE COLOR';
    const palette = isPalette ? await readPalette(dataSet, pixels.pixelRepresentation === 1, read) : null;
    return { modality: { slope: 1, intercept: 0 }, voi: null, inverted: false, padding, palette };
  }
  const modality = await readModality(dataSet, group(tags.pixelValueTransformationSequence), pixels, read);
  return {
    modality,
    voi: await readVoi(group(tags.frameVoiLutSequence), dataSet, pixels, modality, read),
    inverted:
      pixels.photometricInterpretation === 'MONOCHROME1' || dataSet.text(tags.presentationLutShape) === 'INVERSE',
    padding,
    palette: null,
  };
}

async function readModality(
  dataSet: DataSet,
  transformation: DataSet,
  pixels: PixelDescription,
  read: ReadBulkData,
): Promise<Presentation['modality']> {
  const [lut] = dataSet.items(tags.modalityLutSequence);
  if (lut) return readLookupTable(lut, pixels.pixelRepresentation === 1, read);
  return {
    // A slope of 0 would make every pixel alike: it is a field that nobody filled in.
    slope: transformation.number(tags.rescaleSlope) || 1,
    intercept: transformation.number(tags.rescaleIntercept) ?? 0,
  };
}

async function readVoi(
  group: DataSet,
  dataSet: DataSet,
  pixels: PixelDescription,
  modality: Presentation['modality'],
  read: ReadBulkData,
): Promise<Presentation['voi']> {
  const window = readWindow(group);
  if (window) return window;
  const [lut] = group.items(tags.voiLutSequence);
  const canBeNegative = 'slope' in modality && (pixels.pixelRepresentation === 1 || modality.intercept < 0);
  if (lut) return readLookupTable(lut, canBeNegative, read);
  if (pixels.bitsStored === 1) return { least: 0, greatest: 1 };
  const fraction = dataSet.integer(tags.maximumFractionalValue);
  return fraction !== null && fraction > 0 ? { least: 0, greatest: fraction } : null;
}

function readWindow(dataSet: DataSet): VoiWindow | null {
  const defined = windowFunctionOf(dataSet.text(tags.voiLutFunction));
  const widths = dataSet.numbers(tags.windowWidth);
  const windows = dataSet.numbers(tags.windowCenter).map((center, i): VoiWindow | null => {
    const width = widths[i] ?? 0;
    if (center === null || !(width > 0) || !Number.isFinite(center) || !Number.isFinite(width)) return null;
    return { center, width, function: defined === 'linear' && width < 1 ? 'linear-exact' : defined };
  });
  return windows.find((window) => window !== null) ?? null;
}

function readPadding(dataSet: DataSet, pixels: PixelDescription): Presentation['padding'] {
  const isFloat = pixels.sampleFormat === 'float';
  const isDouble = isFloat && pixels.bitsAllocated === 64;
  const [valueTag, limitTag] = isDouble
    ? [tags.doublePaddingValue, tags.doublePaddingLimit]
    : isFloat
      ? [tags.floatPaddingValue, tags.floatPaddingLimit]
      : [tags.paddingValue, tags.paddingLimit];
  const stored = (tag: Tag): number | null => {
    const value = dataSet.number(tag);
    // Readers of implicit VR do not know that the value is SS.
    return value !== null && !isFloat && pixels.pixelRepresentation === 1 && value > 32_767 ? value - 65_536 : value;
  };
  const value = stored(valueTag);
  if (value === null) return null;
  const limit = stored(limitTag) ?? value;
  return { least: Math.min(value, limit), greatest: Math.max(value, limit) };
}
