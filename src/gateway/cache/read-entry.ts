import { createHash, type KeyObject } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { decodeHead, type EntryFacts, headBytes } from './entry-file.ts';
import { type KnownEntry, sizeOnDisk } from './entry-index.ts';

const blockBytes = 64 * 1024;

export interface ReadEntry {
  readonly facts: EntryFacts;
  /** The body, where it is small enough to have come with the head. */
  readonly bytes: Buffer | null;
}

/**
 * Reads the beginning of an entry's file.
 *
 * @param known - Tells how much to read.
 * @returns null: it is not the head of an entry of this identity.
 */
export async function readEntry(
  handle: FileHandle,
  identity: string,
  key: KeyObject,
  known: KnownEntry | undefined,
): Promise<ReadEntry | null> {
  const isLarge = known !== undefined && known.bytes > sizeOnDisk(blockBytes);
  const block = Buffer.allocUnsafe(isLarge ? headBytes : Math.min(known?.bytes ?? blockBytes, blockBytes));
  const { bytesRead } = await handle.read(block, 0, block.length, 0);
  const facts = decodeHead(block.subarray(0, bytesRead), identity, key);
  if (facts === null) return null;
  const end = headBytes + facts.length;
  return { facts, bytes: end <= bytesRead ? block.subarray(headBytes, end) : null };
}

/** Reads a body through: whether it is the one that its head tells of. */
export async function hasDigest(handle: FileHandle, { length, digest }: EntryFacts): Promise<boolean> {
  if ((await handle.stat()).size !== headBytes + length) return false;
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(blockBytes);
  for (let position = headBytes; position < headBytes + length; ) {
    const { bytesRead } = await handle.read(block, 0, block.length, position);
    if (bytesRead === 0) return false;
    hash.update(block.subarray(0, bytesRead));
    position += bytesRead;
  }
  return hash.digest().equals(digest);
}
