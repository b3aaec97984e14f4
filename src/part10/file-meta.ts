import { transferSyntaxOf } from '../dicom/transfer-syntax.ts';
import { Part10Error } from './part10-error.ts';
import { trimmed } from './text.ts';
import { hasShortLength } from './value-representation.ts';

/** File Meta Information (PS3.10 §7.1): what is said of the data set outside of it. */
export interface FileMeta {
  readonly transferSyntaxUid: string;
  readonly mediaStorageSopClassUid: string | null;
  readonly mediaStorageSopInstanceUid: string | null;
  readonly implementationClassUid: string | null;
  readonly implementationVersionName: string | null;
  readonly sourceApplicationEntityTitle: string | null;
}

const preambleBytes = 128;
const prefix = Buffer.from('DICM');
const transferSyntaxUid = 0x0010;

/** Whether the bytes start as a DICOM file does: 128 bytes of anything, then `DICM` (PS3.10 §7.1). */
export function isPart10(bytes: Uint8Array): boolean {
  return prefix.equals(bytes.subarray(preambleBytes, preambleBytes + prefix.length));
}

/**
 * Reads preamble, prefix and File Meta Information, Explicit VR Little Endian in every file.
 *
 * The group ends where another begins. Its length element only decides where what follows is compressed and may by chance
 * look like an element of group 0002: files with a wrong length, or none, are common and otherwise whole.
 *
 * @returns The meta information and the offset of the data set.
 * @throws {Part10Error} not-part10, no-transfer-syntax, truncated.
 */
export function readFileMeta(
  bytes: Buffer,
  note: (problem: string) => void,
): { readonly meta: FileMeta; readonly end: number } {
  if (!isPart10(bytes)) throw new Part10Error('not-part10', 'No DICM prefix at byte 128');
  const start = preambleBytes + prefix.length;
  const values = new Map<number, string>();
  let declaredEnd: number | undefined;
  let at = start;
  while (at + 8 <= bytes.length && bytes.readUInt16LE(at) === 2) {
    if (at === declaredEnd && transferSyntaxOf(values.get(transferSyntaxUid) ?? '')?.deflated) break;
    const element = bytes.readUInt16LE(at + 2);
    const { offset, length } = valueAt(bytes, at);
    if (length > bytes.length - offset)
      throw new Part10Error('truncated', 'File Meta Information is longer than the file');
    if (element === 0 && length === 4) declaredEnd = offset + length + bytes.readUInt32LE(offset);
    else values.set(element, trimmed(bytes.toString('latin1', offset, offset + Math.min(length, 1024)), 'both'));
    at = offset + length;
  }
  if (values.size === 0) throw new Part10Error('not-part10', 'No File Meta Information after the DICM prefix');
  if (declaredEnd === undefined) note('File Meta Information has no group length');
  else if (declaredEnd !== at) note('File Meta Information has a wrong group length');
  const textOf = (element: number): string | null => values.get(element) || null;
  const syntax = textOf(transferSyntaxUid);
  if (syntax === null) throw new Part10Error('no-transfer-syntax', 'File Meta Information has no Transfer Syntax UID');
  return {
    meta: {
      transferSyntaxUid: syntax,
      mediaStorageSopClassUid: textOf(0x0002),
      mediaStorageSopInstanceUid: textOf(0x0003),
      implementationClassUid: textOf(0x0012),
      implementationVersionName: textOf(0x0013),
      sourceApplicationEntityTitle: textOf(0x0016),
    },
    end: at,
  };
}

/** Where the value of the element at `at` lies; 8 bytes are there. Without a VR it is read as Implicit VR. */
function valueAt(bytes: Buffer, at: number): { readonly offset: number; readonly length: number } {
  const vr = bytes.toString('latin1', at + 4, at + 6);
  if (!/^[A-Z]{2}$/.test(vr)) return { offset: at + 8, length: bytes.readUInt32LE(at + 4) };
  if (hasShortLength(vr)) return { offset: at + 8, length: bytes.readUInt16LE(at + 6) };
  if (at + 12 > bytes.length) throw new Part10Error('truncated', 'File Meta Information is longer than the file');
  return { offset: at + 12, length: bytes.readUInt32LE(at + 8) };
}
