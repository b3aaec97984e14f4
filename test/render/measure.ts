// Times of decoding and rendering, by transfer syntax, over the corpus: node test/render/measure.ts
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSet } from '../../src/dicom/data-set.ts';
import { transferSyntaxOf } from '../../src/dicom/transfer-syntax.ts';
import { readFrame, readPart10 } from '../../src/part10/index.ts';
import { decodeFrame } from '../../src/render/decode-frame.ts';
import { pixelDescriptionOf } from '../../src/render/pixel-description.ts';
import { presentationOf } from '../../src/render/presentation.ts';
import { renderFrame, renderThumbnail } from '../../src/render/render-frame.ts';

const folder = process.env['DICOM_CORPUS'] ?? join(import.meta.dirname, '../../../shared/corpus');
const files = [
  'codecs/ct2/explicit-le.dcm',
  'codecs/ct2/rle.dcm',
  'codecs/misters-ct/jpeg-baseline-8bit.dcm',
  'codecs/ct0012/jpeg-extended-12bit-fragmented.dcm',
  'codecs/misters-ct/jpeg-lossless-p14.dcm',
  'codecs/ct2/jpeg-lossless-sv1.dcm',
  'codecs/ct2/jpegls-lossless.dcm',
  'codecs/ct2/j2k-lossless.dcm',
  'codecs/ct2/j2k-lossy.dcm',
  'codecs/htj2k-lossless-rgb.dcm',
  'us/cine-ybr422-jpeg-30.dcm',
  'us/ybr-full-422-uncompressed.dcm',
  'dx/elbow-un-jpegll.dcm',
  'codecs/rg3/j2k-lossless.dcm',
  'sc/cookie-1-jpeg.dcm',
];

async function milliseconds(work: () => Promise<unknown>): Promise<string> {
  const times: number[] = [];
  for (let run = 0; run < 9; run += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return (times.toSorted((a, b) => a - b)[4] ?? 0).toFixed(1);
}

const rows = [];
for (const name of files) {
  const file = readPart10(readFileSync(join(folder, name)));
  const dataSet = DataSet.parse(file.dataSet);
  const syntax = file.meta.transferSyntaxUid;
  const pixels = pixelDescriptionOf(dataSet, syntax);
  const stored = readFrame(file, 1);
  const frame = await decodeFrame(stored, pixels);
  const presentation = await presentationOf(dataSet, pixels);
  rows.push({
    syntax: transferSyntaxOf(syntax)?.name.slice(0, 40) ?? syntax,
    image: `${pixels.columns}x${pixels.rows}x${pixels.samplesPerPixel * pixels.bitsStored}`,
    decode: await milliseconds(() => decodeFrame(stored, pixels)),
    jpeg: await milliseconds(() => renderFrame(frame, pixels, presentation, { format: 'jpeg' })),
    png: await milliseconds(() => renderFrame(frame, pixels, presentation, { format: 'png' })),
    thumbnail: await milliseconds(() => renderThumbnail(frame, pixels, presentation)),
  });
}
console.table(rows);
