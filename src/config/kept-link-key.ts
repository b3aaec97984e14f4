import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSmallFile } from './small-file.ts';

/** Lines of link keys (`ID:SECRET`), and whether they will be there after a restart. */
export interface KeptLinkKeys {
  readonly contents: string;
  /** The file that keeps them; null where it cannot be written. */
  readonly file: string | null;
}

/**
 * The demo's link key: made at the first start and kept in a file that only this user can read, so that links survive a
 * restart. Two starts at one time agree on one key. In a folder that cannot be written the key lives as long as the process.
 */
export function keptLinkKeys(stateFolder: string): KeptLinkKeys {
  const file = join(stateFolder, 'link-keys');
  const existing = readSmallFile(file).contents;
  if (existing !== null) {
    restrict(file);
    return { contents: existing, file };
  }
  const contents = `demo:${randomBytes(32).toString('base64url')}\n`;
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
    writeFileSync(draft, contents, { mode: 0o600, flag: 'wx' });
    try {
      linkSync(draft, file); // unlike a rename it fails where another start was first
    } finally {
      rmSync(draft, { force: true });
    }
    return { contents, file };
  } catch {
    const other = readSmallFile(file).contents;
    return other === null ? { contents, file: null } : { contents: other, file };
  }
}

function restrict(file: string): void {
  try {
    chmodSync(file, 0o600);
  } catch {
    // Someone else's file: they decide who reads it.
  }
}
