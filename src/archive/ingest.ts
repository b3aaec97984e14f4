import { tagOf } from '../dicom/dictionary.ts';
import { isPart10 } from '../part10/file-meta.ts';
import { Part10Error } from '../part10/part10-error.ts';
import { type Part10File, readPart10 } from '../part10/read-part10.ts';
import type { ArchiveIndex, IndexedFile } from './archive-index.ts';
import type { FileStore, FoundFile } from './file-store.ts';

/** What became of the files of an archive. */
export interface ArchiveStats {
  readonly studies: number;
  readonly series: number;
  readonly instances: number;
  /** Files whose SOP Instance UID an earlier file has, by the order of their paths. */
  readonly duplicates: number;
  /** Files that are not served: not DICOM, or broken, or without the UIDs that say where they belong. */
  readonly skipped: number;
  /** The same, by reason: `not-part10`, `truncated`, `no-identity`, `dicomdir`, `unreadable` and others. */
  readonly skippedBecause: Readonly<Record<string, number>>;
  readonly indexingMs: number;
}

const mediaStorageDirectory = '1.2.840.10008.1.3.10';
const availableTransferSyntaxUid = tagOf('AvailableTransferSyntaxUID');

/** Files read ahead of the one that is being indexed. */
const readAhead = 4;
/** `readFile` holds no more. Such a file would not fit the memory of most machines either. */
const maxFileBytes = 2 ** 31 - 1;
/** From this size on a file is looked at before it is read: a film is not read to find out that it is no DICOM file. */
const peekFromBytes = 1_000_000;

/**
 * Indexes every DICOM file of a store. No file ends it: what cannot be indexed is counted.
 *
 * Files are read one after the other, a few ahead; of each only the data set without bulk data is kept.
 */
export async function ingest(store: FileStore, index: ArchiveIndex): Promise<ArchiveStats> {
  const started = performance.now();
  const skippedBecause: Record<string, number> = {};
  let duplicates = 0;
  const skip = (reason: string): void => {
    skippedBecause[reason] = (skippedBecause[reason] ?? 0) + 1;
  };
  const files = await store.list(() => skip('unreadable'));
  await index.transaction(async () => {
    for await (const { found, bytes, reason } of readInOrder(store, files)) {
      const outcome = bytes ? addFile(index, found, bytes) : reason;
      if (outcome === 'duplicate') duplicates++;
      else if (outcome !== 'added') skip(outcome);
    }
    index.summarize();
  });
  const skipped = Object.values(skippedBecause).reduce((sum, n) => sum + n, 0);
  return { ...index.counts(), duplicates, skipped, skippedBecause, indexingMs: performance.now() - started };
}

function addFile(index: ArchiveIndex, found: FoundFile, bytes: Buffer): string {
  try {
    const file = readPart10(bytes);
    return isDirectory(file) ? 'dicomdir' : index.add(toIndexed(found, file));
  } catch (error) {
    if (error instanceof Part10Error) return error.reason;
    throw error;
  }
}

/** Whether a file is a directory of others (PS3.3 §F), and no instance. */
export const isDirectory = ({ meta }: Part10File): boolean => meta.mediaStorageSopClassUid === mediaStorageDirectory;

/** What the index keeps of a file. */
export function toIndexed(found: FoundFile, { meta, dataSet, pixelData }: Part10File): IndexedFile {
  const { transferSyntaxUid } = meta;
  return {
    ...found,
    transferSyntaxUid,
    dataSet: { ...dataSet, [availableTransferSyntaxUid]: { vr: 'UI', Value: [transferSyntaxUid] } },
    hasPixelData: pixelData !== null,
  };
}

interface ReadFile {
  readonly found: FoundFile;
  readonly bytes: Buffer | null;
  /** Why there are no bytes. */
  readonly reason: string;
}

async function* readInOrder(store: FileStore, files: readonly FoundFile[]): AsyncGenerator<ReadFile> {
  const reading: Promise<ReadFile>[] = [];
  for (const found of files) {
    reading.push(readOne(store, found));
    const next = reading.length > readAhead ? reading.shift() : undefined;
    if (next) yield await next;
  }
  for (const rest of reading) yield await rest;
}

async function readOne(store: FileStore, found: FoundFile): Promise<ReadFile> {
  try {
    if (found.size > maxFileBytes) return { found, bytes: null, reason: 'too-large' };
    if (found.size >= peekFromBytes && !(await startsAsDicom(store, found.name))) {
      return { found, bytes: null, reason: 'not-part10' };
    }
    return { found, bytes: await store.read(found.name), reason: '' };
  } catch {
    return { found, bytes: null, reason: 'unreadable' };
  }
}

async function startsAsDicom(store: FileStore, name: string): Promise<boolean> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.stream(name, 0, 132)) chunks.push(chunk as Uint8Array);
  return isPart10(Buffer.concat(chunks));
}
