import type { Bucket } from './buckets.ts';

/**
 * Buckets without those that would tell of few studies, and without what would give these away: what is withheld holds at
 * least `below` studies in at least two buckets, so that a total less what is shown tells of none of them alone. The
 * smallest of the others are withheld for that.
 *
 * It protects one answer. Who may ask many questions with overlapping filters can still compare their answers.
 *
 * @param below - Fewest studies of a bucket that is shown.
 */
export function suppressBuckets(buckets: readonly Bucket[], below: number): readonly Bucket[] {
  const bySize = buckets.toSorted((a, b) => a.studies.length - b.studies.length);
  const withheld = new Set<Bucket>();
  let studies = 0;
  for (const bucket of bySize) {
    const isSmall = bucket.studies.length < below;
    const gives = withheld.size > 0 && (withheld.size < 2 || studies < below);
    if (!isSmall && !gives) break;
    withheld.add(bucket);
    studies += bucket.studies.length;
  }
  return buckets.filter((bucket) => !withheld.has(bucket));
}
