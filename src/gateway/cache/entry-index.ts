import { LRUCache } from 'lru-cache';
import type { EntryName } from './cache-folder.ts';

/** What this process knows of an entry on disk. */
export interface KnownEntry extends EntryName {
  /** On disk. */
  readonly bytes: number;
  /** When its use was last written down. Milliseconds since the epoch. */
  readonly usedAt: number;
  /** Digest of the body as this process wrote it or checked it, in hex; null: not yet. */
  readonly checked: string | null;
}

export interface IndexBounds {
  /** Of entries, and of what is to become one. */
  readonly maxBytes: number;
  readonly maxEntries: number;
}

const pageBytes = 4096;

/** What a file takes on disk. */
export const sizeOnDisk = (bytes: number): number => Math.max(1, Math.ceil(bytes / pageBytes)) * pageBytes;

/** The entries of a folder in the order of their use, within bounds: what is beyond them is evicted, least recently used first. */
export class EntryIndex {
  readonly #bounds: IndexBounds;
  readonly #onEvict: (name: EntryName) => void;
  readonly #known: LRUCache<string, KnownEntry>;
  #writing = 0;

  constructor(bounds: IndexBounds, onEvict: (name: EntryName) => void) {
    this.#bounds = bounds;
    this.#onEvict = onEvict;
    this.#known = new LRUCache({
      maxSize: Math.max(1, bounds.maxBytes),
      sizeCalculation: ({ bytes }) => bytes,
      dispose: (known, _key, reason) => {
        if (reason === 'evict') onEvict(known);
      },
    });
  }

  get size(): number {
    return this.#known.size;
  }

  get bytes(): number {
    return this.#known.calculatedSize + this.#writing;
  }

  get names(): readonly EntryName[] {
    return [...this.#known.values()];
  }

  has(name: EntryName): boolean {
    return this.#known.has(keyOf(name));
  }

  /** As of now the most recently used. */
  get(name: EntryName): KnownEntry | undefined {
    return this.#known.get(keyOf(name));
  }

  peek(name: EntryName): KnownEntry | undefined {
    return this.#known.peek(keyOf(name));
  }

  set(known: KnownEntry): void {
    this.#known.set(keyOf(known), known);
    // It takes none that is larger than all of it.
    if (!this.has(known)) this.#onEvict(known);
    this.#keepBounds();
  }

  delete(name: EntryName): void {
    this.#known.delete(keyOf(name));
  }

  /** Makes room for what is about to be written. False: there is none. */
  reserve(bytes: number): boolean {
    this.#writing += bytes;
    this.#keepBounds();
    if (this.#writing <= this.#bounds.maxBytes) return true;
    this.#writing -= bytes;
    return false;
  }

  release(bytes: number): void {
    this.#writing -= bytes;
  }

  /** Evicts until no more than a part of the entries' bytes is left. */
  shrink(part: number): void {
    const enough = this.#known.calculatedSize * part;
    while (this.#known.calculatedSize > enough && this.#known.pop() !== undefined);
  }

  #keepBounds(): void {
    const { maxBytes, maxEntries } = this.#bounds;
    while (this.#known.size > maxEntries || this.#known.calculatedSize > maxBytes - this.#writing) {
      if (this.#known.pop() === undefined) return;
    }
  }
}

export const keyOf = ({ study, entry }: EntryName): string => study + entry;
