import type { Transform } from 'node:stream';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';

export type ContentCoding = 'br' | 'gzip';

/** Best first, where a client takes several alike. */
const codings: readonly ContentCoding[] = ['br', 'gzip'];

/**
 * The coding that a client likes best, of those we have; null: none at all.
 *
 * No coding is what a client without the header gets, and what one gets that refuses everything we have, `identity` too:
 * a body that it may yet understand is better than none.
 *
 * @see RFC 9110 §12.5.3
 */
export function chooseCoding(acceptEncoding: string | undefined): ContentCoding | null {
  if (acceptEncoding === undefined) return null;
  const weights = weightsOf(acceptEncoding);
  const weightOf = (name: string): number | undefined => weights.get(name) ?? weights.get('*');
  let best: ContentCoding | null = null;
  // What is not named is not asked for; `identity` need not be named, and yields to what is.
  let bestWeight = weights.get('identity') ?? 0;
  for (const coding of codings) {
    const weight = weightOf(coding) ?? 0;
    if (weight > 0 && (best === null ? weight >= bestWeight : weight > bestWeight)) {
      best = coding;
      bestWeight = weight;
    }
  }
  return best;
}

/** By name in lower case; `x-gzip` is another name of gzip (RFC 9110 §8.4.1.3). What is no coding is passed over. */
function weightsOf(header: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const item of header.toLowerCase().split(',')) {
    const [, name, weight = '1'] = /^\s*([\w!#$%&'*+.^`|~-]+)\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?$/.exec(item) ?? [];
    if (name !== undefined) weights.set(name === 'x-gzip' ? 'gzip' : name, Math.min(1, Number(weight)));
  }
  return weights;
}

/**
 * Compresses DICOM JSON as it streams. Settings favour speed: more costs far more time than it saves bytes, and a window of 256 kB
 * holds what instances of a series have in common.
 */
export function createEncoder(coding: ContentCoding): Transform {
  if (coding === 'gzip') return createGzip({ level: 5 });
  return createBrotliCompress({
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_QUALITY]: 3,
      [constants.BROTLI_PARAM_LGWIN]: 18,
    },
  });
}
