import { createHmac, type KeyObject, randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderKey } from './folder-key.ts';

export interface PurgeNoticesOptions {
  readonly folder: string;
  /** Told of what other processes told: an origin's id, and which study it was. */
  readonly onNotice: (origin: string, isStudy: (studyUid: string) => boolean) => void;
  /** Ids of the origins that there can be notices of. */
  readonly origins: readonly string[];
  /** How often the folder is looked at, in milliseconds. Default 400. */
  readonly everyMs?: number;
  /** Told when the folder cannot be used: then others learn of nothing. */
  readonly onTrouble?: (error: unknown) => void;
}

/** Longer than any process that runs goes without a look. */
const keptMs = 600_000;

/**
 * Tells other processes that a study has changed, for what each keeps in memory: an empty file a notice, in a folder that all
 * of them look at. Names are keyed hashes: they tell nothing to one without the folder's key.
 */
export class PurgeNotices {
  readonly #options: PurgeNoticesOptions;
  readonly #seen = new Set<string>();
  #key: KeyObject | null = null;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void>;
  #isClosed = false;

  constructor(options: PurgeNoticesOptions) {
    this.#options = options;
    this.#looking = this.#look(true);
  }

  /** Resolves when others can see it. Never rejects. */
  async tell(origin: string, studyUid: string): Promise<void> {
    try {
      const name = `${this.#hash(await this.#open(), origin)}-${this.#hash(await this.#open(), origin, studyUid)}-${randomUUID()}`;
      this.#seen.add(name);
      await writeFile(join(this.#options.folder, name), '', { flag: 'wx', mode: 0o600 });
    } catch (error) {
      this.#options.onTrouble?.(error);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#looking;
  }

  async #open(): Promise<KeyObject> {
    if (this.#key !== null) return this.#key;
    await mkdir(this.#options.folder, { recursive: true, mode: 0o700 });
    this.#key = await folderKey(this.#options.folder);
    return this.#key;
  }

  /** @param isFirst - Of what was told before this process began it has kept nothing. */
  async #look(isFirst: boolean): Promise<void> {
    try {
      const key = await this.#open();
      const there = new Set(await readdir(this.#options.folder));
      for (const name of this.#seen) if (!there.has(name)) this.#seen.delete(name);
      for (const name of there) await this.#read(name, key, isFirst);
    } catch (error) {
      // Said once, at the beginning: it is bound to be the same from then on.
      if (isFirst) this.#options.onTrouble?.(error);
    }
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look(false);
    }, this.#options.everyMs ?? 400).unref();
  }

  async #read(name: string, key: KeyObject, isFirst: boolean): Promise<void> {
    const [, originHash, studyHash] = /^([0-9a-f]{32})-([0-9a-f]{32})-[0-9a-f-]{36}$/.exec(name) ?? [];
    if (originHash === undefined || studyHash === undefined) return;
    if (!this.#seen.has(name)) {
      this.#seen.add(name);
      const origin = isFirst ? undefined : this.#options.origins.find((id) => this.#hash(key, id) === originHash);
      if (origin !== undefined) this.#options.onNotice(origin, (uid) => this.#hash(key, origin, uid) === studyHash);
      return;
    }
    const path = join(this.#options.folder, name);
    const told = await stat(path).catch(() => null);
    if (told !== null && told.mtimeMs + keptMs < Date.now()) await rm(path, { force: true }).catch(() => {});
  }

  #hash(key: KeyObject, ...parts: readonly string[]): string {
    return createHmac('sha256', key).update(JSON.stringify(parts)).digest('hex').slice(0, 32);
  }
}
