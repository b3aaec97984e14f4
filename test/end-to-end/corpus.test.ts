import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CorpusFile, describeCorpus, storable } from '../support/corpus.ts';
import { asInManifest, distanceInMean, laidOutByMetadata, sha256 } from '../support/corpus-frames.ts';
import { bodyOf, folderOf, forEachOf, openLink, startTestFacade, type TestFacade } from '../support/facade.ts';
import { foundOf, lookUp } from './look-up.ts';

interface Link {
  readonly url: string;
}

interface FoundInstance {
  readonly sopInstanceUID: string;
  readonly rows: number | null;
  readonly columns: number | null;
  readonly series: { readonly seriesInstanceUID: string; readonly modality: string | null };
  readonly study: {
    readonly studyInstanceUID: string;
    readonly patient: { readonly patientName: { readonly raw: string } | null };
  };
  readonly retrieve: {
    readonly frameCount: number | null;
    readonly native: Link | null;
    readonly frame: { readonly stored: Link | null; readonly decoded: Link | null } | null;
  };
}

const instanceFields = `
  sopInstanceUID rows columns
  series { seriesInstanceUID modality }
  study { studyInstanceUID patient { patientName { raw } } }
  retrieve {
    frameCount
    native { url }
    frame(number: 1) { stored: native { url } decoded: native(transferSyntaxUID: "1.2.840.10008.1.2.1") { url } }
  }`;

interface TreeAnswer {
  readonly searchStudies: {
    readonly nodes: readonly {
      readonly series: {
        readonly nodes: readonly { readonly instances: { readonly nodes: readonly FoundInstance[] } }[];
      };
    }[];
  };
}

const treeQuery = `{
  searchStudies(first: 100) { nodes { series { nodes { instances { nodes { ${instanceFields} } } } } } }
}`;

/** The values of an instance that the manifest has too. */
const factsOf = ({ sopInstanceUID, rows, columns, series, study, retrieve }: FoundInstance) => ({
  sopInstanceUID,
  seriesInstanceUID: series.seriesInstanceUID,
  studyInstanceUID: study.studyInstanceUID,
  modality: series.modality,
  patientName: study.patient.patientName?.raw ?? null,
  rows,
  columns,
  frameCount: retrieve.frameCount,
});

/** What a row of a search cannot tell, by file, and why; everything else is as the manifest has it. */
const frameCountOtherwise: Readonly<Record<string, string>> = {
  'malformed/no-pixel-data-ct.dcm':
    'an image by class, Rows and Columns, whose pixels are missing: only its frame tells',
};

const withPixels = storable.filter(({ hasPixelData }) => hasPixelData);

const factsOfManifest = (file: CorpusFile) => ({
  sopInstanceUID: file.sopInstanceUID,
  seriesInstanceUID: file.seriesInstanceUID,
  studyInstanceUID: file.studyInstanceUID,
  modality: file.modality || null,
  patientName: file.patientName || null,
  rows: file.rows,
  columns: file.columns,
  frameCount: file.hasPixelData ? (file.frames ?? 1) : 0,
});

describeCorpus('the program on a folder of the corpus', () => {
  let folder: string;
  let facade: TestFacade;
  let found: ReadonlyMap<string, FoundInstance>;
  beforeAll(async () => {
    folder = await folderOf(storable);
    facade = await startTestFacade({ folder, cache: { maxBytes: 0 } });
    found = await lookUp(facade, storable, instanceFields);
  });
  afterAll(async () => {
    expect(facade.faults).toEqual([]);
    await facade.close();
    await rm(folder, { recursive: true });
  });

  test('finds every file by its UID, with the values of the manifest but those listed', () => {
    const otherwise: string[] = [];
    for (const file of storable) {
      const facts = factsOf(foundOf(found, file));
      const expected = factsOfManifest(file);
      if (facts.frameCount !== expected.frameCount) otherwise.push(file.file);
      const { frameCount } = file.file in frameCountOtherwise ? facts : expected;
      expect([file.file, facts]).toEqual([file.file, { ...expected, frameCount }]);
    }
    expect(otherwise).toEqual(Object.keys(frameCountOtherwise));
  });

  test('gives the same by one query of the whole tree, for two requests', async () => {
    const { searchStudies } = await facade.data<TreeAnswer>(treeQuery);
    expect(facade.requests.map(({ transaction }) => transaction)).toEqual(['search studies', 'search instances']);
    const series = searchStudies.nodes.flatMap((study) => study.series.nodes);
    const instances = series.flatMap((one) => one.instances.nodes);
    expect(instances).toHaveLength(storable.length);
    const facts = new Map(instances.map((instance) => [instance.sopInstanceUID, factsOf(instance)]));
    for (const file of storable) {
      expect([file.file, facts.get(file.sopInstanceUID ?? '')]).toEqual([file.file, factsOf(foundOf(found, file))]);
    }
  });

  test('native links give the files, byte for byte', async () => {
    await forEachOf(storable, async (file) => {
      const native = await bodyOf(foundOf(found, file).retrieve.native?.url ?? '');
      expect([file.file, sha256(native)]).toEqual([file.file, file.sha256]);
    });
  });

  test('links of frame 1 as stored give the bytes of the manifest', async () => {
    await forEachOf(withPixels, async (file) => {
      const frame = await bodyOf(foundOf(found, file).retrieve.frame?.stored?.url ?? '');
      expect([file.file, sha256(frame)]).toEqual([file.file, file.storedFrame1?.sha256]);
    });
  });

  test('links of frame 1 decoded give the pixels of the manifest: exactly, or within 2 grey levels where lossy', async () => {
    const laidOutOtherwise: string[] = [];
    await forEachOf(withPixels, async (file) => {
      const frame = await bodyOf(foundOf(found, file).retrieve.frame?.decoded?.url ?? '');
      if (file.frame1?.lossy) {
        expect(distanceInMean(frame, file), file.file).toBeLessThan(2);
        return;
      }
      if (sha256(frame) !== file.frame1?.sha256) laidOutOtherwise.push(file.file);
      expect([file.file, sha256(asInManifest(frame, file))]).toEqual([file.file, file.frame1?.sha256]);
    });
    expect(laidOutOtherwise.sort()).toEqual(Object.keys(laidOutByMetadata));
  });

  test('an instance without pixel data has no frame links, and the one that only seems to have some gives 404', async () => {
    for (const file of storable) {
      if (file.hasPixelData) continue;
      const { frame } = foundOf(found, file).retrieve;
      if (!(file.file in frameCountOtherwise)) {
        expect([file.file, frame]).toEqual([file.file, null]);
        continue;
      }
      for (const link of [frame?.stored, frame?.decoded]) {
        const { status, body } = await openLink(link?.url ?? '');
        expect(status).toBe(404);
        expect(JSON.parse(body.toString())).toMatchObject({ code: 'NOT_FOUND' });
      }
    }
  });
});
