import { stat } from 'node:fs/promises';
import type { LinkKey } from './link-key.ts';
import { readKeyLines } from './link-key-lines.ts';
import type { Problem } from './problem.ts';
import { readSmallFile } from './small-file.ts';

export interface LinkKeyWatchOptions {
  /** The keys in use. */
  readonly current: readonly LinkKey[];
  /** All keys of the file, the first signs: told when they are others than before. */
  readonly onKeys: (keys: readonly LinkKey[]) => void;
  /** The file cannot be used, and the keys stay as they were. Told once for each state of the file; holds no secret. */
  readonly onProblems: (problems: readonly Problem[]) => void;
  /** How often the file is looked at, in milliseconds; default 250. */
  readonly pollMs?: number;
}

export interface LinkKeyWatch {
  /** Reads the file now, changed or not. */
  reload(): void;
  close(): void;
}

/**
 * Follows a file of link keys: what is written there is in use within a second, all of it or none.
 *
 * The file is looked at, not watched: events are lost on network file systems and where a mounted folder is exchanged. A
 * change is read when it has stood for one look more, so that a file is not read while an editor writes it.
 */
export function watchLinkKeys(file: string, options: LinkKeyWatchOptions): LinkKeyWatch {
  const { onKeys, onProblems, pollMs = 250 } = options;
  let { current } = options;
  let seen = '';
  let loaded = '';
  let isLooking = false;
  let isClosed = false;

  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    const state = await stateOf(file);
    isLooking = false;
    if (isClosed) return;
    if (state === seen && state !== loaded) {
      loaded = state;
      load();
    }
    seen = state;
  }

  function load(): void {
    const problems: Problem[] = [];
    const { contents, problem } = readSmallFile(file);
    if (contents === null) problems.push({ where: file, message: problem });
    const keys = contents === null ? [] : readKeyLines(contents, file, problems);
    if (problems.length > 0) onProblems(problems);
    else if (!areSame(keys, current)) {
      current = keys;
      onKeys(keys);
    }
  }

  void look();
  const timer = setInterval(look, pollMs).unref();
  return {
    reload: load,
    close() {
      isClosed = true;
      clearInterval(timer);
    },
  };
}

/** Changes with the file, also when another takes its name. */
async function stateOf(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join();
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
  }
}

const areSame = (keys: readonly LinkKey[], others: readonly LinkKey[]): boolean =>
  keys.length === others.length &&
  keys.every(({ id, secret }, index) => {
    const other = others[index];
    return other?.id === id && other.secret.equals(secret);
  });
