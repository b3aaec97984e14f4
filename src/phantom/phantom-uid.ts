import { createHash } from 'node:crypto';
import { parseUid, type Uid } from '../dicom/uid.ts';

/** The namespace of the phantoms' UUIDs: made once at random, and never changed. */
const namespace = Buffer.from('6f0d4b1e2c7a4f3b9d58a1c3e7b24066', 'hex');

/**
 * The UID of a named phantom object: 2.25 and the decimal form of a UUID (PS3.5 §B.2) that is derived from the name
 * (version 5, RFC 9562 §5.5). The same name has the same UID everywhere and always, and nobody else's object has it.
 */
export function phantomUid(name: string): Uid {
  const digest = createHash('sha1').update(namespace).update(name, 'utf8').digest();
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x50, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  return parseUid(`2.25.${BigInt(`0x${digest.subarray(0, 16).toString('hex')}`)}`);
}
