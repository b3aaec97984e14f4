import { rm } from 'node:fs/promises';
import sharp from 'sharp';
import { parseTemplate } from 'url-template';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestArchive, type TestArchive } from '../support/archive.ts';
import { colourDigests } from '../support/colour-digests.ts';
import { type CorpusFile, describeCorpus, storable } from '../support/corpus.ts';
import { asInManifest, distanceInMean, sha256 } from '../support/corpus-frames.ts';
import { bodyOf, folderOf, forEachOf, openLink } from '../support/facade.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { greyLevels, type Json } from '../support/grey-levels.ts';
import { readPicture } from '../support/render.ts';
import { type SwitchableOrigin, startSwitchableOrigin } from '../support/switchable-origin.ts';

const explicitLittleEndian = '1.2.840.10008.1.2.1';
const png = { mediaType: 'image/png' };
const withPixels = storable.filter(({ hasPixelData }) => hasPixelData);

const grey = withPixels.filter(
  ({ file, frame1, photometricInterpretation }) =>
    frame1?.sha256 !== undefined && photometricInterpretation?.startsWith('MONOCHROME') && file !== 'pm/float32.dcm',
);

let gateway: TestGateway;
const refOf = ({ studyInstanceUID, seriesInstanceUID, sopInstanceUID }: CorpusFile) => ({
  study: studyInstanceUID ?? '',
  series: seriesInstanceUID ?? '',
  instance: sopInstanceUID ?? '',
});
const renderedBelowRoot = (file: CorpusFile): string => {
  const { study, series, instance } = refOf(file);
  const { url } = gateway.links.dicomwebRoot('test', { study }, ['RENDERED', 'METADATA']);
  return `${url}/studies/${study}/series/${series}/instances/${instance}/rendered?accept=image/png`;
};

function frameOfTemplate(file: CorpusFile, transferSyntaxUID: string | null): Promise<Buffer> {
  const { template } = gateway.links.frameTemplate('test', refOf(file), file.frames ?? 1, { transferSyntaxUID });
  return bodyOf(parseTemplate(template).expand({ frame: 1 }));
}

/** Its frames are stored as they are decoded. */
const isNative = ({ storedFrame1, frame1 }: CorpusFile): boolean => storedFrame1?.sha256 === frame1?.sha256;

/** Frame 1 as the manifest lays it out. */
async function nativeFrame(file: CorpusFile): Promise<Uint8Array> {
  return asInManifest(await frameOfTemplate(file, isNative(file) ? null : explicitLittleEndian), file);
}

describeCorpus('the corpus behind an origin that renders nothing', () => {
  let folder: string;
  let archive: TestArchive;
  let origin: SwitchableOrigin;
  beforeAll(async () => {
    folder = await folderOf(storable);
    archive = await startTestArchive({ folder });
    origin = await startSwitchableOrigin(archive.url, { rendered: 404 });
    gateway = await startTestGateway(origin.url, {
      headersTimeoutMs: 60_000,
      bodyIdleTimeoutMs: 60_000,
      maxMetadataBytes: 2 ** 27,
      capabilities: { rendering: false },
    });
  });
  afterAll(async () => {
    expect(gateway.faults).toEqual([]);
    await gateway.close();
    await origin[Symbol.asyncDispose]();
    await archive.close();
    await rm(folder, { recursive: true });
  });

  // By single links and below DICOMweb roots: end-to-end/corpus.test.ts, gateway/root-corpus.test.ts.
  test('gives frame 1 by a template: stored and decoded as the manifest has it', async () => {
    const others: Record<string, string> = {};
    await forEachOf(withPixels, async (file) => {
      const stored = await frameOfTemplate(file, null);
      if (sha256(stored) !== file.storedFrame1?.sha256) others[file.file] = 'other bytes';
      if (isNative(file)) return;
      const decoded = await frameOfTemplate(file, explicitLittleEndian);
      const isRight = file.frame1?.lossy
        ? distanceInMean(decoded, file) < 2
        : sha256(asInManifest(decoded, file)) === file.frame1?.sha256;
      if (!isRight) others[file.file] = 'other pixels';
    });
    expect(others).toEqual({});
  }, 60_000);

  test('draws what is lossy, coloured or neither in its size, but those listed', async () => {
    const others: Record<string, string> = {};
    await forEachOf(
      withPixels.filter((file) => !grey.includes(file)),
      async (file) => {
        const { status, body } = await openLink(gateway.links.rendered('test', refOf(file)).url);
        if (status !== 200) {
          others[file.file] = `${status} ${JSON.parse(body.toString()).code}`;
          return;
        }
        const { format, width, height } = await sharp(body).metadata();
        expect([file.file, format, width, height]).toEqual([file.file, 'jpeg', file.columns, file.rows]);
      },
    );
    expect(others).toEqual({
      // Float Pixel Data is no picture.
      'pm/float32.dcm': '406 REPRESENTATION_UNAVAILABLE',
    });
  });

  test('draws lossless grey as PNG within 1 grey level of the formula', async () => {
    expect(grey.length).toBeGreaterThan(100);
    const worst: Record<string, number> = {};
    await forEachOf(grey, async (file) => {
      const frame = await nativeFrame(file);
      expect([file.file, sha256(frame)]).toEqual([file.file, file.frame1?.sha256]);
      const [dataSet = {}] = JSON.parse(
        String(await bodyOf(gateway.links.metadata('test', refOf(file)).url)),
      ) as Json[];
      const levels = await greyLevels(frame, file, dataSet, bodyOf);
      const drawn = await bodyOf(gateway.links.rendered('test', refOf(file), png).url);
      const picture = await readPicture(drawn);
      expect([file.file, picture.width, picture.height, picture.channels]).toEqual([
        file.file,
        file.columns,
        file.rows,
        1,
      ]);
      const distance = levels.reduce((most, level, i) => Math.max(most, Math.abs(level - (picture.data[i] ?? NaN))), 0);
      if (!(distance <= 1)) worst[file.file] = distance;
    });
    expect(worst).toEqual({});
  }, 60_000);

  test('draws the same below a DICOMweb root', async () => {
    const some = grey.filter((_, index) => index % 16 === 0);
    await forEachOf(some, async (file) => {
      const byLink = await bodyOf(gateway.links.rendered('test', refOf(file), png).url);
      expect([file.file, sha256(await bodyOf(renderedBelowRoot(file)))]).toEqual([file.file, sha256(byLink)]);
    });
  });

  test('draws colour as independent tools do', async () => {
    const drawable = colourDigests.flatMap(([name, digest]) => {
      const file = withPixels.find((candidate) => candidate.file === name);
      return file ? [{ file, digest }] : [];
    });
    expect(drawable.length).toBeGreaterThan(10);
    await forEachOf(drawable, async ({ file, digest }) => {
      const picture = await readPicture(await bodyOf(gateway.links.rendered('test', refOf(file), png).url));
      expect([file.file, sha256(picture.data)]).toEqual([file.file, digest]);
    });
  });
});
