import type { LinkGrant } from './grant.ts';
import { LinkRevokedError } from './link-error.ts';

/** Whose links end. */
export type RevocationTarget =
  | { readonly kind: 'study'; readonly origin: string; readonly study: string }
  | { readonly kind: 'origin'; readonly origin: string }
  /** The keyed hashes that one principal has: one for each key. */
  | { readonly kind: 'subject'; readonly subjects: readonly string[] };

/**
 * Which links were revoked, by a counter that only grows.
 *
 * A link bears the count of when it was minted. Revoking counts up and notes the new count for a study, a subject or an
 * origin; a link is good while its own is not below any of the three. Nobody keeps a list of links.
 */
export interface Revocations {
  /**
   * What a link that is minted now bears.
   *
   * @throws {RevocationStateError} As {@link check}: such a link could be one that is revoked already.
   */
  readonly epoch: number;
  /**
   * @throws {LinkRevokedError} The grant is of before.
   * @throws {RevocationStateError} What other processes revoked is not known well enough.
   */
  check(grant: Pick<LinkGrant, 'origin' | 'study' | 'subject' | 'epoch'>): void;
  /**
   * Ends every link of the target that was minted so far.
   *
   * @returns The new epoch.
   * @throws {RevocationStateError} It could not be kept.
   */
  revoke(target: RevocationTarget): Promise<number>;
}

/** One revocation, as it is kept. */
export interface Revocation {
  readonly epoch: number;
  /** Seconds since the epoch (of time). */
  readonly at: number;
  readonly target: RevocationTarget;
}

/** For so long a revocation may matter: no link lives longer than an hour, and clocks may be apart. Seconds. */
export const revocationKeptSeconds = 7_200;

/** What was revoked is not known, or cannot be kept. */
export class RevocationStateError extends Error {
  override readonly name = 'RevocationStateError';
  readonly code = 'UNAVAILABLE';
}

/** The revocations that one process knows of, in whatever order it hears of them. */
export class KnownRevocations {
  #epoch = 0;
  /** Least epoch that is good, by what it is for. */
  readonly #least = new Map<string, { readonly epoch: number; readonly at: number }>();

  /** The highest that was heard of. */
  get epoch(): number {
    return this.#epoch;
  }

  add({ epoch, at, target }: Revocation): void {
    this.#epoch = Math.max(this.#epoch, epoch);
    for (const key of keysOf(target)) {
      if (epoch > (this.#least.get(key)?.epoch ?? 0)) this.#least.set(key, { epoch, at });
    }
  }

  /** Drops what no link that lives can be of. */
  prune(now: number): void {
    for (const [key, { at }] of this.#least) if (at + revocationKeptSeconds < now) this.#least.delete(key);
  }

  check({ origin, study, subject, epoch }: Parameters<Revocations['check']>[0]): void {
    if (this.#least.size === 0) return;
    const least = Math.max(
      this.#least.get(keyOf('origin', origin))?.epoch ?? 0,
      this.#least.get(keyOf('subject', subject))?.epoch ?? 0,
      study === null ? 0 : (this.#least.get(keyOf('study', origin, study))?.epoch ?? 0),
    );
    if (epoch < least) throw new LinkRevokedError();
  }
}

/** Revocations of this process alone, gone when it ends: for keys that end with it. */
export function createRevocationsInMemory(clock: () => number = Date.now): Revocations {
  const known = new KnownRevocations();
  return {
    get epoch() {
      return known.epoch;
    },
    check: (grant) => known.check(grant),
    async revoke(target) {
      const now = clock() / 1000;
      const epoch = known.epoch + 1;
      known.prune(now);
      known.add({ epoch, at: now, target });
      return epoch;
    },
  };
}

function keysOf(target: RevocationTarget): readonly string[] {
  if (target.kind === 'study') return [keyOf('study', target.origin, target.study)];
  if (target.kind === 'origin') return [keyOf('origin', target.origin)];
  return target.subjects.map((subject) => keyOf('subject', subject));
}

const keyOf = (...parts: readonly string[]): string => JSON.stringify(parts);
