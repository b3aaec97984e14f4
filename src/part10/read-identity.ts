import { inflateRawSync } from 'node:zlib';
import { transferSyntaxOf } from '../dicom/transfer-syntax.ts';
import { isUid, type Uid } from '../dicom/uid.ts';
import type { ByteSource } from './byte-cursor.ts';
import type { DataElement, Elements } from './data-element.ts';
import { type FileMeta, readFileMeta } from './file-meta.ts';
import { findElements } from './find-elements.ts';
import { Part10Error } from './part10-error.ts';
import { hexOfTag, type TagNumber } from './tags.ts';
import { trimmed } from './text.ts';

/** A file of which parts can be had. A Buffer is one. */
export interface FileSource extends ByteSource {
  /** Bytes from `start` to just before `end`, or to the end of the file. */
  subarray(start: number, end: number): Buffer;
}

/** Who a file says it is. */
export interface FileIdentity {
  readonly meta: FileMeta;
  readonly studyUid: Uid;
  readonly seriesUid: Uid;
  readonly sopInstanceUid: Uid;
  readonly sopClassUid: Uid;
}

/** File Meta Information has some hundred bytes; private information in it may have some thousand. */
const maxMetaBytes = 2 ** 20;
const maxInflatedBytes = 2 ** 26;
const limits = { maxElements: 500_000, maxDepth: 64 };

const tags: Readonly<Record<'sopClassUid' | 'sopInstanceUid' | 'studyUid' | 'seriesUid', TagNumber>> = {
  sopClassUid: 0x00080016,
  sopInstanceUid: 0x00080018,
  studyUid: 0x0020000d,
  seriesUid: 0x0020000e,
};

/**
 * Reads the UIDs of a DICOM file, so that it can be told where it belongs before anybody else reads it. All of its structure
 * is looked at, none of its values but those: of a file on a disk, a block at a time is held.
 *
 * What two readers may understand in two ways is refused, however it was meant: one of the UIDs twice, a data set in another
 * VR encoding than its transfer syntax. Media Storage SOP Instance UID is given beside them: it is another one in real files.
 *
 * @throws {Part10Error} With a reason; no other error, whatever the bytes.
 */
export function readIdentity(file: FileSource): FileIdentity {
  const { meta, end } = readFileMeta(file.subarray(0, Math.min(file.length, maxMetaBytes)), () => {});
  const syntax = transferSyntaxOf(meta.transferSyntaxUid);
  const source = syntax?.deflated ? inflated(file.subarray(end, file.length)) : file;
  const elements = findElements(
    source,
    syntax?.deflated ? 0 : end,
    { implicit: syntax?.implicit ?? false, littleEndian: !syntax?.bigEndian },
    limits,
    refuseAmbiguity,
  );
  return {
    meta,
    studyUid: uidOf(source, elements, tags.studyUid),
    seriesUid: uidOf(source, elements, tags.seriesUid),
    sopInstanceUid: uidOf(source, elements, tags.sopInstanceUid),
    sopClassUid: uidOf(source, elements, tags.sopClassUid),
  };
}

const twice = new Set(Object.values(tags).map((tag) => `${hexOfTag(tag)} is there twice`));

function refuseAmbiguity(problem: string): void {
  if (twice.has(problem) || problem.endsWith('against its transfer syntax')) {
    throw new Part10Error('bad-encoding', problem);
  }
}

function uidOf(source: FileSource, elements: Elements, tag: TagNumber): Uid {
  const element: DataElement | undefined = elements.find((one) => one.tag === tag);
  if (element === undefined || element.items !== null || element.fragments !== null || element.length > 66) {
    throw new Part10Error('bad-encoding', `${hexOfTag(tag)} is missing`);
  }
  const { offset, length } = element;
  const uid = trimmed(source.subarray(offset, offset + length).toString('latin1'), 'both');
  if (!isUid(uid)) throw new Part10Error('bad-encoding', `${hexOfTag(tag)} is not a UID`);
  return uid;
}

function inflated(bytes: Buffer): Buffer {
  try {
    return inflateRawSync(bytes, { maxOutputLength: maxInflatedBytes });
  } catch (cause) {
    throw new Part10Error('bad-deflate', 'The data set does not inflate, or to too much', { cause });
  }
}
