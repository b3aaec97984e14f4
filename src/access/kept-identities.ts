import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Identity } from './identity.ts';
import { createIdentityMemory } from './identity-memory.ts';
import { decodeIdentity, encodeIdentity } from './kept-identity.ts';

/**
 * Those for whom links were minted, for as long as one of their links may be good: what they were at minting is asked about
 * again when it is opened.
 */
export interface KeptIdentities {
  /**
   * To be called before a link leaves: when it returns, every process that shares the folder can find it. Costs nothing
   * where that was done a moment ago.
   *
   * @param subject - As in the link: the subject's hash, 32 lower-case hex digits.
   * @throws What the file system throws.
   */
  keep(subject: string, identity: Identity): void;
  /**
   * Everything that the subject was when links were minted for it: one, but for those who had tokens with several claims.
   * Empty: not known, or not any more. Callers' own tokens are not in them.
   */
  find(subject: string): Promise<readonly Identity[]>;
}

export interface KeptIdentitiesOptions {
  /** Its files hold claims: what is written is sealed by it. */
  readonly box: IdentityBox;
  /** Milliseconds since the epoch; default Date.now. */
  readonly clock?: () => number;
  /** Default 100,000: beyond these, those kept longest ago go from memory, and their links are asked for on disk. */
  readonly maxInMemory?: number;
  /**
   * Called where the folder cannot be written, once until it can: identities are kept in memory meanwhile. Without it,
   * keeping fails.
   */
  readonly onUnwritable?: (error: unknown) => void;
  /** Called when it can be written again. */
  readonly onRecovered?: () => void;
}

/** Seals texts so that nobody without the keys of the links can read or make them. */
export interface IdentityBox {
  seal(text: string): string;
  /** null: not sealed by this. */
  open(sealed: string): string | null;
}

/** No link lives longer. Seconds. */
const neededSeconds = 3_600;
/** Kept for longer than needed, so that who is given links all day is not written down at each. Seconds. */
export const identityKeptSeconds = neededSeconds + 900;
/** Of one subject; of more, the one kept longest ago goes. */
export const maxIdentitiesPerSubject = 16;
const sweepEverySeconds = 600;
/** How long after a failure the folder is tried again. */
const retrySeconds = 10;
/** What is being written is there for milliseconds; what stays is of a process that was killed. */
const abandonedMs = 3_600_000;
/** Another process may take a folder away that it found empty. */
const attempts = 5;

const subjectGrammar = /^[0-9a-f]{32}$/;
const fileGrammar = /^[0-9a-f]{32}$/;

/**
 * Identities in files of a folder, for all processes that share it and after a restart: `SUBJECT/CONTENT`, each whole or not
 * there, readable by this user alone, and sealed. Files that no link can need any more are removed.
 */
export function createKeptIdentities(folder: string, options: KeptIdentitiesOptions): KeptIdentities {
  const { box, clock = Date.now, maxInMemory, onUnwritable, onRecovered = () => {} } = options;
  const memory = createIdentityMemory({ clock, ...(maxInMemory === undefined ? {} : { maxSubjects: maxInMemory }) });
  /** Until when this process has written each down; seconds. */
  const written = new Map<string, number>();
  let isInTrouble = false;
  /** Seconds. */
  let offUntil = Number.NEGATIVE_INFINITY;
  let sweepAt = 0;

  function write(subject: string, content: string, text: string): void {
    const ofSubject = join(folder, subject);
    const draft = join(ofSubject, `.${randomBytes(8).toString('hex')}`);
    for (let attempt = 1; ; attempt++) {
      try {
        mkdirSync(ofSubject, { recursive: true, mode: 0o700 });
        writeFileSync(draft, box.seal(text), { mode: 0o600, flag: 'wx' });
        renameSync(draft, join(ofSubject, content));
        return;
      } catch (error) {
        rmSync(draft, { force: true });
        if (attempt === attempts || !isMissing(error)) throw error;
      }
    }
  }

  function sweep(now: number): void {
    if (now < sweepAt) return;
    sweepAt = now + sweepEverySeconds;
    for (const [key, until] of written) if (until < now) written.delete(key);
    void removeOld(folder, (sealed, subject) => read(sealed, subject), now);
  }

  function read(sealed: string, subject: string) {
    const text = box.open(sealed);
    const kept = text === null ? null : decodeIdentity(text);
    return kept?.subject === subject ? kept : null;
  }

  return {
    keep(subject, identity) {
      if (!subjectGrammar.test(subject)) throw new RangeError('Not the hash of a subject');
      const now = clock() / 1000;
      const until = Math.min(identity.expiresAt ?? Number.POSITIVE_INFINITY, now + identityKeptSeconds);
      const content = contentOf(identity);
      memory.keep(subject, content, identity, until);
      const key = `${subject}/${content}`;
      const needed = Math.min(until, now + neededSeconds);
      if (now < offUntil || (written.get(key) ?? 0) >= needed) return;
      try {
        write(subject, content, encodeIdentity({ subject, until, identity }));
      } catch (error) {
        if (onUnwritable === undefined) throw error;
        offUntil = now + retrySeconds;
        if (!isInTrouble) onUnwritable(error);
        isInTrouble = true;
        return;
      }
      if (isInTrouble) onRecovered();
      isInTrouble = false;
      written.set(key, until);
      sweep(now);
    },
    async find(subject) {
      if (!subjectGrammar.test(subject)) return [];
      const now = clock() / 1000;
      const found = new Map(memory.find(subject));
      for (const name of await list(join(folder, subject))) {
        if (!fileGrammar.test(name) || found.has(name)) continue;
        const sealed = await readFile(join(folder, subject, name), 'utf8').catch(() => null);
        const kept = sealed === null ? null : read(sealed, subject);
        if (kept === null || kept.until <= now || contentOf(kept.identity) !== name) continue;
        memory.keep(subject, name, kept.identity, kept.until);
        found.set(name, kept.identity);
      }
      return [...found.values()];
    },
  };
}

/** What the policy looks at: two that have it in common are one. */
function contentOf({ subject, kind, claims }: Identity): string {
  const sorted = Object.entries(claims)
    .map(([name, values]) => [name, [...values]] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([subject, kind, sorted]))
    .digest('hex')
    .slice(0, 32);
}

type Read = (sealed: string, subject: string) => { readonly until: number } | null;

/** What is over, and what cannot be read. What cannot be removed is tried again another time. */
async function removeOld(folder: string, read: Read, now: number): Promise<void> {
  for (const subject of await list(folder)) {
    if (!subjectGrammar.test(subject)) continue;
    const ofSubject = join(folder, subject);
    const kept: { readonly path: string; readonly until: number }[] = [];
    for (const name of await list(ofSubject)) {
      const path = join(ofSubject, name);
      const sealed = await readFile(path, 'utf8').catch(() => null);
      const isDraft = !fileGrammar.test(name);
      const until = sealed === null || isDraft ? 0 : (read(sealed, subject)?.until ?? 0);
      if (!isDraft || (await isAbandoned(path))) kept.push({ path, until });
    }
    const ofNow = kept.filter(({ until }) => until > now).sort((a, b) => b.until - a.until);
    const needed = new Set(ofNow.slice(0, maxIdentitiesPerSubject).map(({ path }) => path));
    for (const { path } of kept) if (!needed.has(path)) await rm(path, { force: true }).catch(() => {});
    if (needed.size === 0) await rmdir(ofSubject).catch(() => {}); // fails where another process writes
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && found.mtimeMs + abandonedMs < Date.now();
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

const list = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);
