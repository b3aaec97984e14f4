import { badRequest } from './problem.ts';

/** A name and its value as the client wrote them, percent-decoded. */
export type Parameter = readonly [name: string, value: string];

/**
 * Takes a query component apart by RFC 3986, as PS3.18 §8.3 writes it: `%20` is a space, `+` is a plus sign. Form encoding,
 * where `+` is a space, is another grammar: in DICOM `+` is in offsets from UTC and in descriptions like `T1+C`.
 *
 * @throws {ArchiveError} BAD_USER_INPUT: an escape that is no UTF-8.
 */
export function parseQueryString(text: string): Parameter[] {
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const name = equals < 0 ? pair : pair.slice(0, equals);
      return [decode(name), equals < 0 ? '' : decode(pair.slice(equals + 1))];
    });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badRequest('The query holds an escape that is not UTF-8');
  }
}
