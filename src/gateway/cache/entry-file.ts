import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { isUid, type Uid } from '../../dicom/uid.ts';

/** What is told of a body that is kept. */
export interface EntryFacts {
  readonly mediaType: string;
  readonly transferSyntaxUid: Uid | null;
  /** Last-Modified, as the origin wrote it; null: it wrote none. */
  readonly lastModified: string | null;
  /** Bytes of the body. */
  readonly length: number;
  /** SHA-256 of the body. */
  readonly digest: Buffer;
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
}

/** The body begins here; before it stand its facts. */
export const headBytes = 512;

const magic = Buffer.from('dwgpay\x00\x01', 'latin1');
const macAt = magic.length;
const sealedAt = macAt + 32;
const digestAt = sealedAt + 12;
const textAt = digestAt + 32;
const maxTextBytes = headBytes - textAt - 2;

/**
 * The head of an entry's file: magic (8 bytes), MAC (32), length and time of storing (6 each, big-endian), digest (32), a text
 * of JSON behind its length (2), zeros. The MAC is made with the folder's key, of the head and of the identity: a torn head,
 * and a file under the name of another entry, are no entry.
 *
 * @returns null: the facts are too long to be kept.
 */
export function encodeHead(facts: EntryFacts, identity: string, key: KeyObject): Buffer | null {
  const { mediaType, transferSyntaxUid, lastModified, length, digest, storedAt } = facts;
  const text = Buffer.from(JSON.stringify([mediaType, transferSyntaxUid, lastModified]));
  if (text.length > maxTextBytes) return null;
  const head = Buffer.alloc(headBytes);
  magic.copy(head);
  head.writeUIntBE(length, sealedAt, 6);
  head.writeUIntBE(storedAt, sealedAt + 6, 6);
  digest.copy(head, digestAt);
  head.writeUInt16BE(text.length, textAt);
  text.copy(head, textAt + 2);
  macOf(head, identity, key).copy(head, macAt);
  return head;
}

/** @returns null: this is not the head of a whole file of this identity. */
export function decodeHead(bytes: Buffer, identity: string, key: KeyObject): EntryFacts | null {
  const head = bytes.subarray(0, headBytes);
  if (head.length < headBytes || !head.subarray(0, magic.length).equals(magic)) return null;
  if (!timingSafeEqual(macOf(head, identity, key), head.subarray(macAt, sealedAt))) return null;
  const text = head.toString('utf8', textAt + 2, textAt + 2 + head.readUInt16BE(textAt));
  const [mediaType, transferSyntaxUid, lastModified] = JSON.parse(text) as readonly (string | null)[];
  return {
    mediaType: mediaType ?? '',
    transferSyntaxUid: isUid(transferSyntaxUid) ? transferSyntaxUid : null,
    lastModified: lastModified ?? null,
    length: head.readUIntBE(sealedAt, 6),
    digest: Buffer.from(head.subarray(digestAt, textAt)),
    storedAt: head.readUIntBE(sealedAt + 6, 6),
  };
}

const macOf = (head: Buffer, identity: string, key: KeyObject): Buffer =>
  createHmac('sha256', key).update(head.subarray(sealedAt)).update(identity).digest();
