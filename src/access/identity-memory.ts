import type { Identity } from './identity.ts';

export interface IdentityMemoryOptions {
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Beyond these the one kept longest ago goes. Default 100,000. */
  readonly maxSubjects?: number;
  /** Of one subject. Default 16. */
  readonly maxPerSubject?: number;
}

/** Identities in memory: by subject, and by what is in them. */
export interface IdentityMemory {
  /** @param until - Seconds since the epoch. */
  keep(subject: string, content: string, identity: Identity, until: number): void;
  /** By content, those that are not over. */
  find(subject: string): ReadonlyMap<string, Identity>;
}

interface Entry {
  readonly identity: Identity;
  readonly until: number;
}

export function createIdentityMemory({
  clock,
  maxSubjects = 100_000,
  maxPerSubject = 16,
}: IdentityMemoryOptions): IdentityMemory {
  const subjects = new Map<string, Map<string, Entry>>();
  return {
    keep(subject, content, { subject: id, kind, claims, expiresAt }, until) {
      const entries = subjects.get(subject) ?? new Map<string, Entry>();
      const known = entries.get(content);
      entries.delete(content);
      const identity = { subject: id, kind, claims, expiresAt, token: null };
      entries.set(content, { identity, until: Math.max(until, known?.until ?? 0) });
      dropOldest(entries, maxPerSubject);
      subjects.delete(subject);
      subjects.set(subject, entries);
      dropOldest(subjects, maxSubjects);
    },
    find(subject) {
      const now = clock() / 1000;
      const entries = [...(subjects.get(subject) ?? [])].filter(([, { until }]) => until > now);
      return new Map(entries.map(([content, { identity }]) => [content, identity]));
    },
  };
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
