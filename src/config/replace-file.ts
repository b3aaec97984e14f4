import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { readSmallFile } from './small-file.ts';

/**
 * Writes a small file anew out of what it holds: those who read it meanwhile see the one or the other, never a part, and so
 * does a machine that loses power. Two that change it at one time do not undo each other: the second fails.
 *
 * A new file is for this user alone; one that is there keeps owner and mode, and where it is a link, its target is written.
 *
 * @param change - Given what it holds, or null where there is no file; what it throws leaves the file as it was.
 * @throws {Error} With the system's code: EEXIST where another is changing it, or was killed while it did.
 */
export function replaceSmallFile(file: string, change: (contents: string | null) => string): void {
  const target = targetOf(file);
  const draft = `${target}.new`;
  const descriptor = openSync(draft, 'wx', 0o600); // the lock, too
  let isOpen = true;
  const close = (): void => {
    if (isOpen) closeSync(descriptor);
    isOpen = false;
  };
  try {
    const before = statSync(target, { throwIfNoEntry: false });
    const { contents, problem } = before === undefined ? { contents: null } : readSmallFile(target);
    if (problem !== undefined) throw new Error(`${file}: ${problem}`);
    writeSync(descriptor, change(contents));
    if (before !== undefined) {
      if (before.uid !== process.getuid?.() || before.gid !== process.getgid?.()) {
        fchownSync(descriptor, before.uid, before.gid);
      }
      fchmodSync(descriptor, before.mode & 0o777);
    }
    fsyncSync(descriptor);
    close();
    renameSync(draft, target);
  } catch (error) {
    close();
    rmSync(draft, { force: true });
    throw error;
  }
  syncFolder(dirname(target));
}

function targetOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file; // it is to be made
  }
}

function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    fsyncSync(descriptor);
    closeSync(descriptor);
  } catch {
    // not every system opens folders, nor syncs them
  }
}
