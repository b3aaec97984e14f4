import { LRUCache } from 'lru-cache';

/** Names of those for whom links were minted here, by the keyed hash that stands in the links. */
export interface KnownSubjects {
  note(hash: string, subject: string): void;
  /** null: not known, or not any more: the hash alone tells who it was. */
  find(hash: string | null): string | null;
}

export function createKnownSubjects(maxSubjects = 10_000): KnownSubjects {
  const known = new LRUCache<string, string>({ max: maxSubjects });
  return {
    note: (hash, subject) => void known.set(hash, subject),
    find: (hash) => (hash === null ? null : (known.get(hash) ?? null)),
  };
}
