import { DataSet } from '../dicom/data-set.ts';
import { explicitVrLittleEndian } from '../dicom/transfer-syntax.ts';
import { bulkDataPrefix, readBulkData } from '../part10/bulk-data.ts';
import { readFrame } from '../part10/frames.ts';
import { Part10Error } from '../part10/part10-error.ts';
import type { PixelDataLocation } from '../part10/pixel-data.ts';
import type { Part10File } from '../part10/read-part10.ts';
import { type PixelDescription, pixelDescriptionOf } from '../render/pixel-description.ts';
import type { Archive } from './archive.ts';
import type { InstanceEntry } from './archive-index.ts';
import { badRequest, notAcceptable, notFound } from './problem.ts';

/** An instance with pixel data, read from its file. */
export interface StoredImage {
  readonly file: Part10File;
  readonly pixelData: PixelDataLocation;
  /**
   * What the bytes of its frames are encoded in: the file's transfer syntax where they are encapsulated. Native frames are
   * given in Explicit VR Little Endian, whatever the byte order and the syntax of the file.
   */
  readonly frameTransferSyntaxUid: string;
}

/** @throws {ArchiveError} NOT_FOUND: no pixel data. */
export async function readStoredImage(archive: Archive, entry: InstanceEntry): Promise<StoredImage> {
  const file = await archive.files.read(entry);
  const { pixelData } = file;
  if (!pixelData) throw notFound('The instance has no pixel data');
  const frameTransferSyntaxUid = pixelData.kind === 'native' ? explicitVrLittleEndian : file.meta.transferSyntaxUid;
  return { file, pixelData, frameTransferSyntaxUid };
}

/**
 * The stored bytes of a frame.
 *
 * @param frameNumber - From 1.
 * @throws {ArchiveError} NOT_FOUND: past the last frame; REPRESENTATION_UNAVAILABLE: the file is too broken to tell.
 */
export function storedFrame({ file }: Pick<StoredImage, 'file'>, frameNumber: number): Buffer {
  try {
    return readFrame(file, frameNumber);
  } catch (error) {
    if (!(error instanceof Part10Error)) throw error;
    if (error.reason === 'no-such-frame' || error.reason === 'no-frames') throw notFound(error.message);
    throw notAcceptable(error.message);
  }
}

/** @throws {RenderError} The attributes do not describe an image that can be decoded. */
export function describePixels({ file, frameTransferSyntaxUid }: StoredImage): PixelDescription {
  return pixelDescriptionOf(DataSet.parse(file.dataSet), frameTransferSyntaxUid);
}

/** Reads what a data set of the file refers to, for lookup tables. */
export async function bulkDataOf({ file }: StoredImage, bulkDataUri: string): Promise<Uint8Array | null> {
  return readBulkData(file, bulkDataUri.slice(bulkDataPrefix.length));
}

/** @throws {ArchiveError} BAD_USER_INPUT: not numbers from 1, with commas between them. */
export function parseFrameList(text: string): number[] {
  if (!/^[1-9]\d{0,8}(?:,[1-9]\d{0,8})*$/.test(text)) throw badRequest('Frames are numbers from 1 with commas between');
  return text.split(',').map(Number);
}
