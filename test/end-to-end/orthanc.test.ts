import { rm } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readParts } from '../support/archive.ts';
import { type CorpusFile, corpus, storable } from '../support/corpus.ts';
import { asInManifest, distanceInMean, sha256 } from '../support/corpus-frames.ts';
import { bodyOf, folderOf, forEachOf, openLink, startTestFacade, type TestFacade } from '../support/facade.ts';
import { describeOrthanc, type RunningOrthanc, startOrthanc } from '../support/orthanc.ts';
import { type CoreTree, coreTree, factsOf } from './core-tree.ts';
import { foundOf, lookUp } from './look-up.ts';
import { type Judge, type Outcomes, outcomesOf } from './outcomes.ts';

/** Broken files, too: what both take is to be the same. But not one that Orthanc ponders for seconds, and refuses. */
const loaded = corpus.filter(
  ({ file, duplicateOf }) => duplicateOf === undefined && file !== 'malformed/3gb-bulk-data-truncated.dcm',
);
const withPixels = storable.filter(({ hasPixelData }) => hasPixelData);

/**
 * Requests that end the process of Orthanc 1.10 with GDCM 3.0.21, and why. Nobody makes them of the Orthanc that all tests
 * of this file share.
 */
const endsOrthanc = {
  decoded: {
    'sc/ct-jpeg-burned-in.dcm': 'JPEG in colour, of one component a scan',
    'seg/odd-510x510-rle.dcm': 'RLE of one bit a pixel',
  },
  rendered: {
    'lut/overlay-in-pixel-data.dcm': 'overlays in the unused bits of the pixels',
    'seg/odd-510x510-rle.dcm': 'RLE of one bit a pixel',
  },
} as const satisfies Record<string, Outcomes>;

interface Link {
  readonly url: string;
}

interface FoundInstance {
  readonly retrieve: {
    readonly native: Link | null;
    readonly metadata: Link | null;
    readonly rendered: Link | null;
    readonly png: Link | null;
    readonly thumbnail: Link | null;
    readonly frame: { readonly stored: Link | null; readonly decoded: Link | null } | null;
    readonly bulkData: readonly { readonly path: string; readonly vr: string; readonly link: Link | null }[] | null;
  };
}

const instanceFields = `
  retrieve {
    native { url }
    metadata { url }
    rendered { url }
    png: rendered(format: PNG, viewport: { width: 64, height: 64 }) { url }
    thumbnail(width: 64) { url }
    frame(number: 1) { stored: native { url } decoded: native(transferSyntaxUID: "1.2.840.10008.1.2.1") { url } }
    bulkData(first: 1000) { path vr link { url } }
  }`;

function startBefore({ url, credentials }: RunningOrthanc): Promise<TestFacade> {
  return startTestFacade({
    origin: url,
    basic: `${credentials.user}:${credentials.password}`,
    cache: { maxBytes: 0 },
    limits: { maxCost: 10_000_000 }, // the tree of the whole corpus at once
  });
}

const isPicture =
  (format: string, sizeOf: (file: CorpusFile, width: number, height: number) => boolean): Judge =>
  async (file, { body, mediaType }) => {
    const picture = await sharp(body).metadata();
    if (picture.format !== format || mediaType !== `image/${format}`) return `${mediaType}, ${picture.format}`;
    return sizeOf(file, picture.width, picture.height) ? null : `${picture.width}x${picture.height}`;
  };

describeOrthanc('the corpus in Orthanc', () => {
  let folder: string;
  let orthanc: RunningOrthanc;
  let ofFolder: TestFacade;
  let ofOrthanc: TestFacade;
  let found: ReadonlyMap<string, FoundInstance>;
  beforeAll(async () => {
    folder = await folderOf(loaded);
    [orthanc, ofFolder] = await Promise.all([
      startOrthanc(loaded),
      startTestFacade({ folder, cache: { maxBytes: 0 }, limits: { maxCost: 10_000_000 } }),
    ]);
    ofOrthanc = await startBefore(orthanc);
    found = await lookUp(ofOrthanc, storable, instanceFields);
  });
  afterAll(async () => {
    expect([...ofFolder.faults, ...ofOrthanc.faults]).toEqual([]);
    await ofFolder.close();
    await ofOrthanc.close();
    await orthanc.stop();
    await rm(folder, { recursive: true });
  });
  const retrieveOf = (file: CorpusFile) => foundOf(found, file).retrieve;

  test('is the same tree as in a folder, in every field but those listed', async () => {
    const [here, there] = await Promise.all(
      [ofFolder, ofOrthanc].map(async (facade) => factsOf(await facade.data<CoreTree>(coreTree, { first: 200 }))),
    );
    const differences: Record<string, unknown> = {};
    for (const key of new Set([...(here?.keys() ?? []), ...(there?.keys() ?? [])])) {
      const [a, b] = [here?.get(key), there?.get(key)];
      if (JSON.stringify(a) !== JSON.stringify(b)) differences[key] = { folder: a, orthanc: b };
    }
    expect(here?.size).toBeGreaterThan(10_000);
    expect(differences).toEqual({
      // The file holds a Number of Study Related Instances, of the archive that it came from: Orthanc repeats it.
      'study 1.3.6.1.4.1.14519.5.2.1.9823.1001.108958069993282969141944803554 numberOfStudyRelatedInstances': {
        folder: 1,
        orthanc: 1386,
      },
      // The CT files hold Modalities in Study; the study has segmentations, too.
      'study 1.3.6.1.4.1.5962.1.1.0.0.0.1196530851.28319.0.1 modalitiesInStudy': {
        folder: ['CT', 'SEG'],
        orthanc: ['CT'],
      },
      // Two files say that they are of this series, and one gives it a description: Orthanc keeps what came first.
      'series 1.3.6.1.4.1.5962.1.3.1.1.20040119072730.12322 seriesDescription': {
        folder: 'Measurement Reports',
        orthanc: null,
      },
    });
  });

  test('25 studies with all their series and instances cost two requests, three where one is no study', async () => {
    for (const facade of [ofFolder, ofOrthanc]) {
      const { searchStudies } = await facade.data<CoreTree>(coreTree, { first: 25 });
      expect(searchStudies.nodes).toHaveLength(25);
      const transactions = facade.requests.map(({ transaction }) => transaction);
      // Orthanc holds a study whose UID is none: where it is on the page, another has to be fetched in its place.
      const isShort = facade === ofOrthanc && transactions.length === 3;
      expect(transactions).toEqual([...(isShort ? ['search studies'] : []), 'search studies', 'search instances']);
    }
  });

  test('leaves out the object whose UIDs are none, and says so', async () => {
    const { extensions } = await ofOrthanc.query('{ searchInstances(first: 1000) { totalCount } }');
    expect(extensions).toMatchObject({
      warnings: [
        {
          code: 'DICOM_VALUE',
          message: 'UI: not a UID: the object is left out',
          attribute: 'StudyInstanceUID',
          count: 1,
        },
      ],
    });
  });

  test('gives native objects as they were stored, byte for byte', async () => {
    const outcomes = await outcomesOf(
      storable,
      (file) => retrieveOf(file).native,
      (file, { body, mediaType }) =>
        sha256(body) === file.sha256 && mediaType.startsWith('application/dicom') ? null : 'other bytes',
    );
    expect(outcomes).toEqual({});
  });

  test('gives frames as stored, but those it does not find', async () => {
    const outcomes = await outcomesOf(
      withPixels,
      (file) => retrieveOf(file).frame?.stored,
      (file, { body }) => (sha256(body) === file.storedFrame1?.sha256 ? null : 'other bytes'),
    );
    expect(outcomes).toEqual({
      // Two frames in more fragments, without an offset table.
      'codecs/ct0012/jpeg-extended-12bit-fragmented.dcm': '406 REPRESENTATION_UNAVAILABLE',
      // Float Pixel Data is not looked for.
      'pm/float32.dcm': '406 REPRESENTATION_UNAVAILABLE',
      // Its three frames lie in a way that Orthanc does not take apart.
      'seg/odd-510x510-rle.dcm': '406 REPRESENTATION_UNAVAILABLE',
      // Two bytes a pixel where Orthanc expects three.
      'us/ybr-full-422-uncompressed.dcm': '406 REPRESENTATION_UNAVAILABLE',
    });
  });

  test('gives decoded frames as the manifest has them, but for what it decodes otherwise', async () => {
    const asked = withPixels.filter(({ file }) => !(file in endsOrthanc.decoded));
    const outcomes = await outcomesOf(
      asked,
      (file) => retrieveOf(file).frame?.decoded,
      (file, { body }) => {
        if (file.frame1?.lossy) return distanceInMean(body, file) < 2 ? null : 'other pixels';
        if (sha256(body) === file.frame1?.sha256) return null;
        return sha256(asInManifest(body, file)) === file.frame1?.sha256 ? 'laid out by metadata' : 'other pixels';
      },
    );
    expect(outcomes).toEqual({
      'pm/float32.dcm': '406 REPRESENTATION_UNAVAILABLE',
      'us/ybr-full-422-uncompressed.dcm': '406 REPRESENTATION_UNAVAILABLE',
      // Converted to RGB, against the metadata.
      'codecs/sc-rgb/ybrfull-uncompressed.dcm': 'other pixels',
      'us/ybr-full-rle.dcm': 'other pixels',
      // YCbCr in a code stream that is called RGB, taken at its word.
      'sm/pyramid-layer1-jpeg.dcm': 'other pixels',
      'sm/pyramid-layer9-jpeg.dcm': 'other pixels',
      // Eight pixels a byte, Bits Allocated being 1.
      'seg/archibald-binary.dcm': 'laid out by metadata',
      'seg/headneck-tumor.dcm': 'laid out by metadata',
      'seg/liver.dcm': 'laid out by metadata',
      'seg/partial-overlaps.dcm': 'laid out by metadata',
      'seg/tiny-24x38-binary.dcm': 'laid out by metadata',
      // Planar Configuration is 1.
      'us/rgb-planar-1.dcm': 'laid out by metadata',
    });
  });

  describe('is drawn', () => {
    const drawable = storable.filter(({ file, frame1 }) => frame1 && !(file in endsOrthanc.rendered));
    // What Orthanc cannot draw the gateway does: 16 bits a sample of RGB and of palettes, 32 bits a pixel, YBR_RCT and YBR_ICT.
    const notDrawn: Outcomes = {
      // Float Pixel Data is no picture: there is no link.
      'pm/float32.dcm': 'no link',
      // Nor does Orthanc give its frame as it is stored.
      'us/ybr-full-422-uncompressed.dcm': '406 REPRESENTATION_UNAVAILABLE',
      // Nor does it tell of the palette how long its segments are, expanded.
      'us/palette-segmented-16bit.dcm': '502 ORIGIN_ERROR',
    };

    test('whole, as JPEG', async () => {
      const isWhole = isPicture('jpeg', ({ rows, columns }, width, height) => width === columns && height === rows);
      expect(await outcomesOf(drawable, (file) => retrieveOf(file).rendered, isWhole)).toEqual(notDrawn);
    });

    test('in a viewport, as PNG', async () => {
      const fits = isPicture('png', (_file, width, height) => Math.max(width, height) === 64);
      expect(await outcomesOf(drawable, (file) => retrieveOf(file).png, fits)).toEqual(notDrawn);
    });

    test('as a thumbnail, which this Orthanc has only by drawing, and enlarges', async () => {
      const fits = isPicture(
        'jpeg',
        ({ columns }, width, height) => Math.max(width, height) === 64 || width === columns,
      );
      expect(await outcomesOf(drawable, (file) => retrieveOf(file).thumbnail, fits)).toEqual(notDrawn);
    });
  });

  test.each(['ORIGIN', 'GATEWAY'])('has thumbnails of studies and series, made by the %s', async (renderedBy) => {
    const { user, password } = orthanc.credentials;
    const capabilities = renderedBy === 'GATEWAY' ? { rendering: false } : {};
    const entry = { id: 'main', url: orthanc.url, basic: `${user}:${password}`, capabilities };
    await using facade = await startTestFacade({ origins: [entry], cache: { maxBytes: 0 } });
    const shown = new Map(
      storable
        .filter(({ file, frame1 }) => frame1 && /^(?:ct|mr)\//.test(file))
        .map((file) => [file.seriesInstanceUID ?? '', file] as const),
    );
    await forEachOf([...shown.keys()].slice(0, 12), async (uid) => {
      const { series } = await facade.data<{
        series: { retrieve: { thumbnail: Link }; study: { retrieve: { thumbnail: Link } } };
      }>(
        `query($uid: UID!) { series(seriesInstanceUID: $uid) {
          retrieve { thumbnail(width: 16) { url } } study { retrieve { thumbnail(width: 16) { url } } } } }`,
        { uid },
      );
      for (const { thumbnail } of [series.retrieve, series.study.retrieve]) {
        const { format, width, height } = await sharp(await bodyOf(thumbnail.url)).metadata();
        expect([uid, format, Math.max(width, height)]).toEqual([uid, 'jpeg', 16]);
      }
    });
  });

  test('is drawn by the gateway alone where Orthanc is not to: what would end Orthanc, too', async () => {
    const { user, password } = orthanc.credentials;
    const entry = { id: 'main', url: orthanc.url, basic: `${user}:${password}`, capabilities: { rendering: false } };
    await using facade = await startTestFacade({ origins: [entry], cache: { maxBytes: 0 } });
    const asked = storable.filter(({ frame1 }) => frame1);
    const links = await lookUp<FoundInstance>(facade, asked, instanceFields);
    const isWhole = isPicture('jpeg', ({ rows, columns }, width, height) => width === columns && height === rows);
    expect(await outcomesOf(asked, (file) => foundOf(links, file).retrieve.rendered, isWhole)).toEqual({
      'pm/float32.dcm': 'no link',
      // As Orthanc does not give these frames as they are stored.
      'codecs/ct0012/jpeg-extended-12bit-fragmented.dcm': '406 REPRESENTATION_UNAVAILABLE',
      'seg/odd-510x510-rle.dcm': '406 REPRESENTATION_UNAVAILABLE',
      'us/ybr-full-422-uncompressed.dcm': '406 REPRESENTATION_UNAVAILABLE',
      // As its metadata lacks the descriptors of the palette.
      'us/palette-segmented-16bit.dcm': '406 REPRESENTATION_UNAVAILABLE',
    });
    const { origins } = await facade.data<{ origins: readonly { capabilities: { renderedBy: string } }[] }>(
      '{ origins { capabilities { renderedBy } } }',
    );
    expect(origins.map(({ capabilities }) => capabilities.renderedBy)).toEqual(['GATEWAY']);
  });

  test('gives metadata without the address of the archive, its bulk data by links that open', async () => {
    const { port } = new URL(orthanc.url);
    const outcomes = await outcomesOf(
      storable,
      (file) => retrieveOf(file).metadata,
      async (file, { body }) => {
        const text = body.toString();
        if (text.includes(`:${port}`)) return 'the address of the archive';
        const dataSets = JSON.parse(text) as Record<string, { Value?: unknown[] }>[];
        if (dataSets.length !== 1 || dataSets[0]?.['00080018']?.Value?.[0] !== file.sopInstanceUID) return 'another';
        const [, first] = /"BulkDataURI":"([^"]*)"/.exec(text) ?? [];
        if (first === undefined) return null;
        return first.startsWith(`${ofOrthanc.url}/links/`) && (await openLink(first)).status === 200 ? null : first;
      },
    );
    expect(outcomes).toEqual({});
  });

  test('gives the same bulk data as a folder, but what only one of them calls so', async () => {
    const inFolder = await lookUp<FoundInstance>(ofFolder, storable, instanceFields);
    const outcomes: Record<string, string> = {};
    let same = 0;
    await forEachOf(storable, async (file) => {
      const here = new Map(foundOf(inFolder, file).retrieve.bulkData?.map((item) => [item.path, item]));
      const there = new Map(retrieveOf(file).bulkData?.map((item) => [item.path, item]));
      for (const path of new Set([...here.keys(), ...there.keys()])) {
        const [a, b] = [here.get(path), there.get(path)];
        // Orthanc knows some private attributes that the file calls UN: for it they are texts and numbers.
        if (a?.vr === 'UN' && b === undefined) continue;
        if (!a?.link || !b?.link) outcomes[`${file.file} ${path}`] = a?.link ? 'in the folder' : 'in Orthanc';
        else if ((await bodyOf(a.link.url)).equals(await bodyOf(b.link.url))) same++;
        else outcomes[`${file.file} ${path}`] = 'other bytes';
      }
    });
    expect(same).toBeGreaterThan(350);
    expect(outcomes).toEqual({
      // No attribute of the data set (PS3.10 §7.2).
      'codecs/ct2/explicit-le.dcm DataSetTrailingPadding': 'in Orthanc',
      'codecs/ct2/rle.dcm DataSetTrailingPadding': 'in Orthanc',
      'codecs/mr-small/explicit-le.dcm DataSetTrailingPadding': 'in Orthanc',
      'codecs/us1/explicit-le.dcm DataSetTrailingPadding': 'in Orthanc',
      'codecs/us1/rle.dcm DataSetTrailingPadding': 'in Orthanc',
      'us/rgb-explicit.dcm DataSetTrailingPadding': 'in Orthanc',
      // Orthanc writes the first number of OD and OF as a Value, and no address (against PS3.18 §F.2.2).
      'sm/annotations.dcm AnnotationGroupSequence[0].DoublePointCoordinatesData': 'in the folder',
      'sm/annotations.dcm AnnotationGroupSequence[0].MeasurementsSequence[0].MeasurementValuesSequence[0].FloatingPointValues':
        'in the folder',
    });
  });

  test('gives whole studies and series: every object of them, as stored', async () => {
    const study = storable.find(({ file }) => file === 'ct/archibald/ct2-01.dcm');
    const files = storable.filter(({ studyInstanceUID }) => studyInstanceUID === study?.studyInstanceUID);
    const ofSeries = files.filter(({ seriesInstanceUID }) => seriesInstanceUID === study?.seriesInstanceUID);
    const answer = await ofOrthanc.data<{
      series: { retrieve: { native: Link }; study: { retrieve: { native: Link } } };
    }>(
      `query($uid: UID!) { series(seriesInstanceUID: $uid) { retrieve { native { url } } study { retrieve { native { url } } } } }`,
      { uid: study?.seriesInstanceUID },
    );
    for (const [link, expected] of [
      [answer.series.retrieve.native, ofSeries],
      [answer.series.study.retrieve.native, files],
    ] as const) {
      const parts = await readParts(await fetch(link.url));
      expect(parts.map(({ body }) => sha256(body)).sort()).toEqual(expected.map((file) => file.sha256).sort());
    }
  });
});

describeOrthanc('an archive that a request brings down', () => {
  const requests = Object.entries(endsOrthanc).flatMap(([what, files]) =>
    Object.keys(files).map((file) => [what, file] as const),
  );

  test.each(requests)('gives a problem document: %s %s', async (what, name) => {
    const file = storable.find((candidate) => candidate.file === name);
    if (file === undefined) throw new Error(`${name} is not in the corpus`);
    await using orthanc = await startOrthanc([file]);
    await using facade = await startBefore(orthanc);
    const { frame, rendered } = foundOf(await lookUp<FoundInstance>(facade, [file], instanceFields), file).retrieve;
    const link = what === 'decoded' ? frame?.decoded : rendered;
    const { status, body } = await openLink(link?.url ?? '');
    expect(status).toBe(502);
    expect(JSON.parse(body.toString())).toMatchObject({ code: 'ORIGIN_UNREACHABLE', retryable: true });
    const { errors } = await facade.query('{ searchStudies { nodes { studyID } } }');
    expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['ORIGIN_UNREACHABLE']);
  });
});
