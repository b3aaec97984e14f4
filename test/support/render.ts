import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { DataSet } from '../../src/dicom/data-set.ts';
import { bulkDataPrefix, type Part10File, readBulkData, readFrame, readPart10 } from '../../src/part10/index.ts';
import type { DecodedFrame } from '../../src/render/decoded-frame.ts';
import { type PixelDescription, pixelDescriptionOf } from '../../src/render/pixel-description.ts';
import { type Presentation, presentationOf } from '../../src/render/presentation.ts';
import { type RenderOptions, renderFrame } from '../../src/render/render-frame.ts';
import { type CorpusFile, corpus, corpusPath } from './corpus.ts';

/** A frame of a file of the corpus, as an archive hands it over: metadata, and the stored bytes. */
export interface CorpusFrame {
  readonly dataSet: DataSet;
  readonly pixels: PixelDescription;
  readonly stored: Uint8Array;
  readonly readBulk: (bulkDataUri: string) => Uint8Array | null;
  readonly presentation: () => Promise<Presentation>;
}

export function corpusFile(name: string): CorpusFile {
  const file = corpus.find((candidate) => candidate.file === name);
  if (!file) throw new Error(`${name} is not in the corpus`);
  return file;
}

export function readCorpusFrame(file: CorpusFile, frameNumber = 1): CorpusFrame {
  const part10: Part10File = readPart10(readFileSync(corpusPath(file)));
  const dataSet = DataSet.parse(part10.dataSet);
  const pixels = pixelDescriptionOf(dataSet, part10.meta.transferSyntaxUid);
  const readBulk = (uri: string) => readBulkData(part10, uri.slice(bulkDataPrefix.length));
  return {
    dataSet,
    pixels,
    stored: readFrame(part10, frameNumber),
    readBulk,
    presentation: () => presentationOf(dataSet, pixels, frameNumber, async (uri) => readBulk(uri)),
  };
}

/** A data set from tags, VRs and values: `{ '00281050': ['DS', 40] }`. Sequences take such objects as their items. */
export function dataSetOf(attributes: Readonly<Record<string, readonly [vr: string, ...values: unknown[]]>>): DataSet {
  return DataSet.parse(jsonOf(attributes));
}

type Attributes = Readonly<Record<string, readonly [vr: string, ...values: unknown[]]>>;

function jsonOf(attributes: Attributes): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).map(([tag, [vr, ...values]]) => {
      if (vr === 'OW' || vr === 'OB')
        return [tag, { vr, InlineBinary: Buffer.from(values[0] as Uint8Array).toString('base64') }];
      return [tag, { vr, Value: vr === 'SQ' ? values.map((item) => jsonOf(item as Attributes)) : values }];
    }),
  );
}

/** A small grey image of 8 bits, unless told otherwise. */
export function pixelsOf(more: Partial<PixelDescription> = {}): PixelDescription {
  const bitsAllocated = more.bitsAllocated ?? 8;
  const bitsStored = more.bitsStored ?? bitsAllocated;
  return {
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    rows: 1,
    columns: 1,
    samplesPerPixel: 1,
    bitsAllocated,
    bitsStored,
    highBit: bitsStored - 1,
    pixelRepresentation: 0,
    planarConfiguration: 0,
    photometricInterpretation: 'MONOCHROME2',
    numberOfFrames: 1,
    sampleFormat: 'integer',
    ...more,
  };
}

/** Shows stored values as they are: no rescale, from the least to the greatest, not inverted. */
export const plainPresentation: Presentation = {
  modality: { slope: 1, intercept: 0 },
  voi: null,
  inverted: false,
  padding: null,
  palette: null,
};

/** The bytes of numbers in little endian. */
export function littleEndian(numbers: ArrayBufferView<ArrayBuffer>): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

/** Renders to PNG and reads that back. */
export async function draw(
  frame: DecodedFrame,
  pixels: PixelDescription,
  presentation: Presentation,
  options: Omit<RenderOptions, 'format'> = {},
): Promise<Picture> {
  return readPicture(await renderFrame(frame, pixels, presentation, { ...options, format: 'png' }));
}

/** A picture's samples, as many a pixel as the file has. */
export async function readPicture(file: Uint8Array): Promise<Picture> {
  const { channels } = await sharp(file).metadata();
  const picture = channels === 1 ? sharp(file).toColourspace('b-w') : sharp(file);
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, data: new Uint8Array(data) };
}
