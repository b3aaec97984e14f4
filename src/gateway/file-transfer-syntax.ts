import { isUid, type Uid } from '../dicom/uid.ts';
import type { BodyPeek } from './body-peek.ts';

/** File meta information is a few hundred bytes; a private information element of some kilobytes is the exception. */
const headBytes = 8 * 1024;

/**
 * The transfer syntax that a DICOM file states in its File Meta Information (0002,0010), for origins that do not say in
 * which one they answer.
 *
 * @returns null where the body does not begin as a DICOM file.
 * @throws The error of the body.
 * @see PS3.10 §7.1
 */
export async function peekTransferSyntax(body: BodyPeek): Promise<Uid | null> {
  const { bytes } = await body.head(headBytes);
  return readTransferSyntax(bytes.subarray(0, headBytes));
}

function readTransferSyntax(head: Buffer): Uid | null {
  if (head.toString('latin1', 128, 132) !== 'DICM') return null;
  // Explicit VR Little Endian, always; elements of group 0002 come first, in order.
  for (let at = 132; at + 8 <= head.length && head.readUInt16LE(at) === 0x0002; ) {
    const element = head.readUInt16LE(at + 2);
    const isLong = /^(?:O[BDFLVW]|S[QV]|U[CNRTV])$/.test(head.toString('latin1', at + 4, at + 6));
    if (isLong && at + 12 > head.length) return null;
    const begin = at + (isLong ? 12 : 8);
    const end = begin + (isLong ? head.readUInt32LE(at + 8) : head.readUInt16LE(at + 6));
    if (element === 0x0010) {
      const uid = head.toString('latin1', begin, end).replace(/[\0 ]+$/, '');
      return isUid(uid) ? uid : null;
    }
    at = end;
  }
  return null;
}
