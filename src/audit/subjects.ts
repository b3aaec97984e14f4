import { LRUCache } from 'lru-cache';

/** Names of those for whom links were minted, by the keyed hash that stands in the links. */
export interface KnownSubjects {
  note(hash: string, subject: string): void;
  /** null: not known here: the hash alone tells who it was. */
  find(hash: string | null): string | null;
  /** The same, where others are to be asked first. Never rejects. */
  lookUp(hash: string | null): Promise<string | null>;
}

/**
 * @param ask - Whoever keeps what other processes, or earlier runs, knew. Asked once for each hash that it knows.
 */
export function createKnownSubjects(
  ask: (hash: string) => Promise<string | null> = async () => null,
  maxSubjects = 10_000,
): KnownSubjects {
  const known = new LRUCache<string, string>({ max: maxSubjects });
  const find = (hash: string | null): string | null => (hash === null ? null : (known.get(hash) ?? null));
  return {
    note: (hash, subject) => void known.set(hash, subject),
    find,
    async lookUp(hash) {
      const subject = find(hash);
      if (subject !== null || hash === null) return subject;
      const asked = await ask(hash).catch(() => null);
      if (asked !== null) known.set(hash, asked);
      return asked;
    },
  };
}
