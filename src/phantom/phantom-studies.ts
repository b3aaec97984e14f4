import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type PhantomStudyKey, phantomCatalogue } from './catalogue.ts';
import { writePart10 } from './part10/write-part10.ts';
import { buildCtChest } from './studies/ct-chest.ts';
import { buildEcgRest } from './studies/ecg-rest.ts';
import { buildMrBrain, buildMrBrainPrior } from './studies/mr-brain.ts';
import type { PhantomWorkshop, StudyBuilder } from './studies/phantom-instance.ts';
import { buildQualityControl } from './studies/quality-control.ts';
import { buildCrChestPrior, buildCrHand, buildDxChest } from './studies/radiographs.ts';
import { buildUsHeart } from './studies/us-heart.ts';

/** One DICOM file. `path` is relative, with slashes: `ctChest/axial/0001.dcm`. */
export interface PhantomFile {
  readonly path: string;
  readonly bytes: Buffer;
}

export interface PhantomSelection {
  /** Which studies, in this order. Default: all. */
  readonly studies?: readonly PhantomStudyKey[];
}

/** What makes each study. Another one needs a builder here and its facts in the catalogue. */
const builders: Readonly<Record<PhantomStudyKey, StudyBuilder>> = {
  ctChest: buildCtChest,
  crChestPrior: buildCrChestPrior,
  dxChest: buildDxChest,
  mrBrainPrior: buildMrBrainPrior,
  mrBrain: buildMrBrain,
  usHeart: buildUsHeart,
  ecgRest: buildEcgRest,
  crHand: buildCrHand,
  qualityControl: buildQualityControl,
};

export const phantomStudyKeys = Object.keys(phantomCatalogue).filter(
  (key): key is PhantomStudyKey => key in phantomCatalogue,
);

/**
 * Computes the demo studies, file by file. The same files with the same bytes every time; see {@link phantomCatalogue}
 * for their UIDs. The event loop gets a turn after each file.
 */
export async function* createPhantomStudies({
  studies = phantomStudyKeys,
}: PhantomSelection = {}): AsyncGenerator<PhantomFile> {
  const workshop: PhantomWorkshop = { headSlices: new Map() };
  for (const key of studies) {
    for await (const { path, dataSet, transferSyntaxUid } of builders[key](workshop)) {
      yield { path: `${key}/${path}.dcm`, bytes: writePart10(dataSet, transferSyntaxUid) };
      await nextTurn();
    }
  }
}

/** The files of some studies at once, in memory: for tests. */
export async function createPhantomFiles(selection: PhantomSelection = {}): Promise<PhantomFile[]> {
  const files: PhantomFile[] = [];
  for await (const file of createPhantomStudies(selection)) files.push(file);
  return files;
}

/** How many files are written while the next ones are computed. */
const pendingWrites = 8;

/**
 * Writes the demo studies below a folder, which is made where it is missing. Files of the same name are replaced.
 *
 * @throws The file system's own error, when the folder cannot be written to.
 */
export async function writePhantomStudies(
  folder: string,
  selection: PhantomSelection = {},
): Promise<{ files: number }> {
  const made = new Set<string>();
  let writing: Promise<void>[] = [];
  let files = 0;
  for await (const { path, bytes } of createPhantomStudies(selection)) {
    const target = join(folder, path);
    if (!made.has(dirname(target))) await mkdir(dirname(target), { recursive: true });
    made.add(dirname(target));
    writing.push(writeFile(target, bytes));
    files++;
    if (writing.length < pendingWrites) continue;
    await Promise.all(writing);
    writing = [];
  }
  await Promise.all(writing);
  return { files };
}
