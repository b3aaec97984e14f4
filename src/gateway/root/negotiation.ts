import { Readable } from 'node:stream';
import { FacadeError, isCodedError } from '../../errors.ts';
import { acceptsMultipart, acceptsSingle, type MediaRange, parseAccept } from '../../mime/accept.ts';
import type { Delivery } from '../delivery.ts';
import { type BodyPart, toMultipart } from '../multipart-body.ts';
import { badParameter, type RootParameters } from './root-parameters.ts';

/** Media ranges that one request may list. */
const maxRanges = 32;
/** Requests to the origin that one negotiation may cost. */
const maxAttempts = 4;

const dicomJson = 'application/dicom+json';

/**
 * What the client accepts, best first. Its `accept` parameter outranks the header (PS3.18 §8.3.3.1); without both anything
 * does, as browsers and scripts mean it.
 *
 * @throws {FacadeError} BAD_USER_INPUT: not a list of media ranges, or a very long one.
 */
export function rangesOf(header: string | undefined, parameters: RootParameters): readonly MediaRange[] {
  const ranges = parseAccept(header ?? null, parameters.get('accept')?.[0] ?? null);
  if (ranges === null || ranges.length > maxRanges) throw badParameter('Accept is not a list of media types');
  return ranges;
}

/** Whether a body goes out as it is or as the one part of multipart/related; null: the client takes neither. */
export function framingOf(ranges: readonly MediaRange[], mediaTypes: readonly string[]): 'single' | 'multipart' | null {
  for (const range of ranges) {
    if (mediaTypes.some((mediaType) => acceptsSingle(range, mediaType))) return 'single';
    if (mediaTypes.some((mediaType) => acceptsMultipart(range, mediaType))) return 'multipart';
  }
  return null;
}

/** The media type of DICOM JSON under the name that the client takes. */
export function jsonTypeOf(ranges: readonly MediaRange[]): string {
  const type = [dicomJson, 'application/json'].find((name) => framingOf(ranges, [name]) === 'single');
  if (type === undefined) throw notAcceptable(`This comes as ${dicomJson}`);
  return type;
}

/** A single body as multipart/related of one part (PS3.18 §8.7.1). */
export function asMultipart(partType: string, delivery: Delivery): Delivery {
  // What holds for the single body, its digest and its ranges, does not for the one that it is a part of.
  const { contentType: part, body: single, etag: _etag, openRange: _openRange, ...rest } = delivery;
  const { contentType, chunks } = toMultipart(partType, { contentType: part, body: single }, noMore);
  const body = Readable.from(chunks, { objectMode: false });
  body.once('close', () => single.destroy()); // before the first chunk is asked for, nothing else would
  return { ...rest, contentType, contentLength: null, body };
}

const noMore: AsyncIterator<BodyPart> = { next: async () => ({ done: true, value: undefined }) };

/**
 * Tries several forms of one thing, the one that the client likes best first, until the origin has one.
 *
 * @param ask - Gives null where what came is not what the client takes.
 * @throws {FacadeError} REPRESENTATION_UNAVAILABLE: none, with what the origin said of the first.
 */
export async function firstAvailable<Form, T>(
  forms: Iterable<Form>,
  ask: (form: Form) => Promise<T | null>,
  refusal: string,
): Promise<T> {
  let first: unknown = null;
  let attempts = 0;
  for (const form of forms) {
    if (attempts++ === maxAttempts) break;
    try {
      const answer = await ask(form);
      if (answer !== null) return answer;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      first ??= error;
    }
  }
  throw first ?? notAcceptable(refusal);
}

export const isUnavailable = (error: unknown): boolean =>
  isCodedError(error) && error.code === 'REPRESENTATION_UNAVAILABLE';

export const notAcceptable = (message: string) => new FacadeError('REPRESENTATION_UNAVAILABLE', message);
