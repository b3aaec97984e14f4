import { DataSet } from '../../src/dicom/data-set.ts';
import { type Part10File, readPart10 } from '../../src/part10/index.ts';
import type { PhantomStudyKey } from '../../src/phantom/catalogue.ts';
import { createPhantomFiles, type PhantomFile } from '../../src/phantom/phantom-studies.ts';

export interface ReadPhantom {
  readonly path: string;
  readonly file: Part10File;
  readonly dataSet: DataSet;
}

const studies = new Map<PhantomStudyKey, Promise<ReadPhantom[]>>();

/** The files of a study, read back by the archive's own reader. Computed once: they are the same every time. */
export function readStudy(study: PhantomStudyKey): Promise<ReadPhantom[]> {
  const files = studies.get(study) ?? createPhantomFiles({ studies: [study] }).then((all) => all.map(read));
  studies.set(study, files);
  return files;
}

function read({ path, bytes }: PhantomFile): ReadPhantom {
  const file = readPart10(bytes);
  return { path, file, dataSet: DataSet.parse(file.dataSet) };
}

/** The one whose path begins so. */
export function pick(files: readonly ReadPhantom[], path: string): ReadPhantom {
  const found = files.find((one) => one.path.includes(path));
  if (found === undefined) throw new Error(`No phantom file has ${path} in its path`);
  return found;
}
