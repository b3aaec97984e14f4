import type { DataSet } from '../dicom/data-set.ts';
import { type Tag, tag } from '../dicom/tag.ts';
import { RenderError } from './render-error.ts';

/** How the pixels of an image are laid out and coded (Image Pixel Module, PS3.3 §C.7.6.3). Plain data: it can be sent to a worker. */
export interface PixelDescription {
  readonly transferSyntaxUid: string;
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: 1 | 3;
  /** Bits of a sample's container: 1, 8, 16, 32 or 64. */
  readonly bitsAllocated: 1 | 8 | 16 | 32 | 64;
  readonly bitsStored: number;
  readonly highBit: number;
  /** 1: two's complement. */
  readonly pixelRepresentation: 0 | 1;
  /** 1: native and RLE frames hold one plane a channel. */
  readonly planarConfiguration: 0 | 1;
  readonly photometricInterpretation: string;
  readonly numberOfFrames: number;
  /** `float` for Float Pixel Data (32 bits) and Double Float Pixel Data (64 bits), PS3.3 §C.7.6.24 and §C.7.6.25. */
  readonly sampleFormat: 'integer' | 'float';
}

/** Most samples (pixels times samples per pixel) of one frame that are decoded: 8192 by 8192 in grey. */
export const maxFrameSamples = 2 ** 26;

const tags = {
  samplesPerPixel: tag('00280002'),
  photometricInterpretation: tag('00280004'),
  planarConfiguration: tag('00280006'),
  numberOfFrames: tag('00280008'),
  rows: tag('00280010'),
  columns: tag('00280011'),
  bitsAllocated: tag('00280100'),
  bitsStored: tag('00280101'),
  highBit: tag('00280102'),
  pixelRepresentation: tag('00280103'),
  floatPixelData: tag('7FE00008'),
  doubleFloatPixelData: tag('7FE00009'),
  pixelData: tag('7FE00010'),
};

/**
 * Reads how the pixels of an image are coded.
 *
 * What type 1 attributes the decoding cannot do without must be there; the others have the value that nearly all images
 * have: one sample, all bits used, unsigned, interleaved, MONOCHROME2 or RGB, one frame.
 *
 * @param transferSyntaxUid - Of the stored bytes; metadata does not hold it (PS3.18 §F.2.1).
 * @throws {RenderError} `missing-attribute`, `bad-attribute`, `unsupported`, or `too-large` beyond {@link maxFrameSamples}.
 * @see PS3.3 §C.7.6.3
 */
export function pixelDescriptionOf(dataSet: DataSet, transferSyntaxUid: string): PixelDescription {
  const rows = required(dataSet, tags.rows, 'Rows', 65_535);
  const columns = required(dataSet, tags.columns, 'Columns', 65_535);
  const samplesPerPixel = integerOr(dataSet, tags.samplesPerPixel, 1);
  if (samplesPerPixel !== 1 && samplesPerPixel !== 3) throw unsupported('Samples per Pixel other than 1 and 3');
  if (rows * columns * samplesPerPixel > maxFrameSamples) {
    throw new RenderError('too-large', `A frame has more than ${maxFrameSamples} samples`);
  }

  const bitsAllocated = required(dataSet, tags.bitsAllocated, 'Bits Allocated', 64);
  if (!isContainer(bitsAllocated)) throw unsupported('Bits Allocated other than 1, 8, 16, 32 and 64');
  const sampleFormat = isFloat(dataSet, bitsAllocated) ? 'float' : 'integer';
  if (bitsAllocated === 64 && sampleFormat === 'integer') throw unsupported('Integer samples of 64 bits');
  if (bitsAllocated === 1 && samplesPerPixel !== 1) throw unsupported('Colour of 1 bit a sample');

  const bitsStored = integerOr(dataSet, tags.bitsStored, bitsAllocated);
  if (bitsStored < 1 || bitsStored > bitsAllocated) throw bad('Bits Stored is not within Bits Allocated');
  const highBit = integerOr(dataSet, tags.highBit, bitsStored - 1);
  if (highBit < bitsStored - 1 || highBit >= bitsAllocated) throw bad('High Bit is not within Bits Allocated');

  return {
    transferSyntaxUid,
    rows,
    columns,
    samplesPerPixel,
    bitsAllocated,
    bitsStored,
    highBit,
    pixelRepresentation: integerOr(dataSet, tags.pixelRepresentation, 0) === 1 ? 1 : 0,
    planarConfiguration: integerOr(dataSet, tags.planarConfiguration, 0) === 1 && samplesPerPixel > 1 ? 1 : 0,
    photometricInterpretation:
      dataSet.text(tags.photometricInterpretation) ?? (samplesPerPixel === 1 ? 'MONOCHROME2' : 'RGB'),
    numberOfFrames: Math.max(1, integerOr(dataSet, tags.numberOfFrames, 1)),
    sampleFormat,
  };
}

/** Bits of a pixel in native form: YBR_FULL_422 and YBR_PARTIAL_422 share each pair of colour samples between two pixels. */
export function isSubsampled(photometricInterpretation: string): boolean {
  return photometricInterpretation.endsWith('_422');
}

/** Float Pixel Data may have gone from the metadata as bulk data; its images alone have no Bits Stored (PS3.3 §C.7.6.24). */
function isFloat(dataSet: DataSet, bitsAllocated: number): boolean {
  if (dataSet.has(tags.floatPixelData) && bitsAllocated === 32) return true;
  if (dataSet.has(tags.doubleFloatPixelData) && bitsAllocated === 64) return true;
  return bitsAllocated >= 32 && !dataSet.has(tags.bitsStored) && !dataSet.has(tags.pixelData);
}

function isContainer(bits: number): bits is PixelDescription['bitsAllocated'] {
  return bits === 1 || bits === 8 || bits === 16 || bits === 32 || bits === 64;
}

function required(dataSet: DataSet, tag: Tag, name: string, most: number): number {
  const value = dataSet.integer(tag);
  if (value === null) throw new RenderError('missing-attribute', `${name} is absent, empty or not a number`);
  if (value < 1 || value > most) throw bad(`${name} is not between 1 and ${most}`);
  return value;
}

function integerOr(dataSet: DataSet, tag: Tag, otherwise: number): number {
  return dataSet.integer(tag) ?? otherwise;
}

function bad(message: string): RenderError {
  return new RenderError('bad-attribute', message);
}

function unsupported(what: string): RenderError {
  return new RenderError('unsupported', `Not supported: ${what}`);
}
