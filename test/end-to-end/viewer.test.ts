import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOffline, startBrowser } from '../support/browser.ts';
import { type CorpusFile, describeCorpus, storable } from '../support/corpus.ts';
import { sha256 } from '../support/corpus-frames.ts';
import { bodyOf, folderOf, startTestFacade, type TestFacade } from '../support/facade.ts';
import { describeViewer, type LoadedImage, startViewerPage, type ViewerPage } from '../support/viewer-page.ts';

const explicitLittleEndian = '1.2.840.10008.1.2.1';

/**
 * Grey images whose pixels the manifest knows to the byte: one of each transfer syntax and depth. Not those with a palette, which
 * the loader's own metadata provider takes from Value alone: PS3.18 §F.2.2 has none for OW.
 */
const images = oneOfEach(
  storable.filter(
    ({ frame1, samplesPerPixel, bitsAllocated, photometricInterpretation }) =>
      frame1?.sha256 !== undefined &&
      frame1.ambiguous === undefined &&
      samplesPerPixel === 1 &&
      photometricInterpretation?.startsWith('MONOCHROME') &&
      (bitsAllocated === 8 || bitsAllocated === 16),
  ),
);

/** Images that Cornerstone's own decoders give otherwise than the bytes say, and why. */
const otherwise: Readonly<Record<string, string>> = {
  'op/retina-jpegll.dcm': 'jpeg-lossless-decoder-js gives other pixels than dcmtk and GDCM, from the same frame',
};

function oneOfEach(files: readonly CorpusFile[]): readonly CorpusFile[] {
  const kinds = new Map<string, CorpusFile>();
  for (const file of files) {
    const kind = [file.transferSyntaxUID, file.bitsAllocated, file.bitsStored, file.pixelRepresentation].join(' ');
    if (!kinds.has(kind)) kinds.set(kind, file);
  }
  return [...kinds.values()];
}

describeCorpus('an unmodified Cornerstone3D', () => {
  describeViewer('in Chromium, given a DICOMweb root', () => {
    let facade: TestFacade;
    let viewer: ViewerPage;
    let browser: Browser;
    beforeAll(async () => {
      facade = await startTestFacade({ folder: await folderOf(images) });
      viewer = await startViewerPage();
      browser = await startBrowser();
    });
    afterAll(async () => {
      await browser.close();
      await viewer[Symbol.asyncDispose]();
      await facade.close();
    });

    test('loads the pixels of every study as the manifest has them', async () => {
      const { context, refused, complaints } = await openOffline(browser);
      const page = await context.newPage();
      await page.goto(viewer.url);
      await page.waitForFunction('globalThis.isReady === true');
      const loaded = new Map<string, LoadedImage>();
      for (const study of new Set(images.map(({ studyInstanceUID }) => studyInstanceUID ?? ''))) {
        const root = await rootOf(facade, study);
        const found: LoadedImage[] = await page.evaluate(`loadAll(${JSON.stringify(root)}, ${JSON.stringify(study)})`);
        for (const image of found.filter(({ frame }) => frame === 1)) loaded.set(image.instance, image);
      }
      for (const image of images) {
        const expected = sha256(new Uint8Array(Int32Array.from(await storedValues(facade, image)).buffer));
        const isAsStored = loaded.get(image.sopInstanceUID ?? '')?.sha256 === expected;
        expect([image.file, isAsStored]).toEqual([image.file, otherwise[image.file] === undefined]);
      }
      expect({ refused, complaints }).toEqual({ refused: [], complaints: [] });
    });
  });
});

async function rootOf(facade: TestFacade, study: string): Promise<string> {
  const { study: found } = await facade.data<{ study: { retrieve: { dicomweb: { url: string } } } }>(
    'query ($study: UID!) { study(studyInstanceUID: $study) { retrieve { dicomweb { url } } } }',
    { study },
  );
  return found.retrieve.dicomweb.url;
}

/** The bytes that the manifest has the digest of, as numbers. */
async function storedValues(facade: TestFacade, image: CorpusFile): Promise<readonly number[]> {
  const { instance } = await facade.data<{ instance: { retrieve: { frame: { native: { url: string } } } } }>(
    `query ($uid: UID!, $syntax: UID!) {
      instance(sopInstanceUID: $uid) { retrieve { frame(number: 1) { native(transferSyntaxUID: $syntax) { url } } } }
    }`,
    { uid: image.sopInstanceUID, syntax: explicitLittleEndian },
  );
  const bytes = await bodyOf(instance.retrieve.frame.native.url);
  expect([image.file, sha256(bytes)]).toEqual([image.file, image.frame1?.sha256]);
  const { bitsAllocated, bitsStored, pixelRepresentation } = image;
  const size = (bitsAllocated ?? 8) / 8;
  const unused = 32 - (bitsStored ?? 8);
  return Array.from({ length: bytes.length / size }, (_, index) => {
    const shifted = bytes.readUIntLE(index * size, size) << unused;
    return pixelRepresentation === 1 ? shifted >> unused : shifted >>> unused;
  });
}
