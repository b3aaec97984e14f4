import { type FailedInstance, failureReasons, type StoredInstance } from '../dicom/store-response.ts';
import { readFileMeta } from '../part10/file-meta.ts';
import { Part10Error } from '../part10/part10-error.ts';
import { type Part10File, readPart10 } from '../part10/read-part10.ts';
import type { Archive } from './archive.ts';
import { type IndexedFile, type InstanceIdentity, identityOf } from './archive-index.ts';
import type { FileStore } from './file-store.ts';
import type { ReceivedFile } from './incoming.ts';
import { isDirectory, toIndexed } from './ingest.ts';
import { resourcePath } from './resource-path.ts';

/** What became of one file: stored, refused, or refused without a name to call it by. */
export type StoreOutcome =
  | { readonly kind: 'stored'; readonly study: string; readonly instance: StoredInstance }
  | { readonly kind: 'failed'; readonly instance: FailedInstance }
  | { readonly kind: 'unreadable'; readonly failureReason: number };

/** A study of this archive to which files are added, or null for any. */
export interface StoreTarget {
  readonly study: string | null;
  readonly baseUrl: string;
}

/**
 * Adds one received file to the archive, or says why not. The file is dropped where it is not kept.
 *
 * The same bytes again are stored already, so that a request can be repeated whose answer was lost. Other bytes under a
 * SOP Instance UID that is taken are refused: an instance never changes (PS3.5 §9).
 */
export async function storeInstance(
  archive: Archive,
  received: ReceivedFile,
  target: StoreTarget,
): Promise<StoreOutcome> {
  try {
    return await check(archive, received, target);
  } finally {
    await received.drop();
  }
}

async function check(archive: Archive, received: ReceivedFile, target: StoreTarget): Promise<StoreOutcome> {
  const bytes = await received.read();
  const file = parse(bytes);
  if (file === null) return unreadable(bytes);
  if (isDirectory(file)) return unreadable(bytes, failureReasons.sopClassNotSupported);
  const identity = identityOf(file.dataSet);
  if (identity === null) return unreadable(bytes);
  if (target.study !== null && identity.studyUid !== target.study) return failed(identity, failureReasons.otherStudy);
  const known = archive.index.find(identity.sopUid);
  if (known !== null) {
    const isSame = known.studyUid === identity.studyUid && (await holds(archive.store, known.name, bytes));
    return isSame ? stored(identity, target) : failed(identity, failureReasons.duplicateInstance);
  }
  await keep(archive, received, file, identity);
  return stored(identity, target);
}

async function keep(
  { store, index }: Archive,
  received: ReceivedFile,
  file: Part10File,
  { studyUid, sopUid }: InstanceIdentity,
): Promise<void> {
  const name = await received.keep(studyUid, sopUid);
  const found = await store.find(name);
  if (found === null) throw new Error('A file that was stored is not there');
  const indexed: IndexedFile = toIndexed(found, file);
  if (index.add(indexed) !== 'added') throw new Error('A file that was stored is not in the index');
  index.summarize(studyUid);
}

function parse(bytes: Buffer): Part10File | null {
  try {
    return readPart10(bytes);
  } catch (error) {
    if (error instanceof Part10Error) return null;
    throw error;
  }
}

/** A file that is refused as a whole still has a name where its File Meta Information tells one. */
function unreadable(bytes: Buffer, failureReason: number = failureReasons.cannotUnderstand): StoreOutcome {
  try {
    const { mediaStorageSopClassUid, mediaStorageSopInstanceUid } = readFileMeta(bytes, () => {}).meta;
    if (mediaStorageSopInstanceUid === null) return { kind: 'unreadable', failureReason };
    const sopClassUid = mediaStorageSopClassUid ?? '';
    return { kind: 'failed', instance: { sopClassUid, sopInstanceUid: mediaStorageSopInstanceUid, failureReason } };
  } catch (error) {
    if (error instanceof Part10Error) return { kind: 'unreadable', failureReason };
    throw error;
  }
}

function stored({ studyUid, seriesUid, sopUid, sopClass }: InstanceIdentity, { baseUrl }: StoreTarget): StoreOutcome {
  const path = resourcePath({ study: studyUid, series: seriesUid, instance: sopUid });
  return {
    kind: 'stored',
    study: studyUid,
    instance: {
      sopClassUid: sopClass,
      sopInstanceUid: sopUid,
      warningReason: null,
      retrieveUrl: `${baseUrl}/${path}`,
    },
  };
}

const failed = ({ sopClass, sopUid }: InstanceIdentity, failureReason: number): StoreOutcome => ({
  kind: 'failed',
  instance: { sopClassUid: sopClass, sopInstanceUid: sopUid, failureReason },
});

async function holds(store: FileStore, name: string, bytes: Buffer): Promise<boolean> {
  const kept = await store.read(name).catch(() => null);
  return kept?.equals(bytes) ?? false;
}
