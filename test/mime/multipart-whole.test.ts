import { describe, expect, test } from 'vitest';
import { MultipartError } from '../../src/mime/multipart-scanner.ts';
import { firstPart } from '../../src/mime/multipart-whole.ts';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Text of the first part; null: there is none. */
const first = (text: string, only = true): string | null =>
  firstPart(latin1(text), 'b', { only })?.bytes.toString('latin1') ?? null;

describe('the first part of a multipart body that is at hand', () => {
  test.each([
    ['is between its headers and the boundary', '--b\r\nX: 1\r\n\r\none\r\n--b--\r\n', 'one'],
    ['may be empty', '--b\r\nX: 1\r\n\r\n\r\n--b--', ''],
    ['may hold what looks like a boundary', '--b\r\n\r\n\r\n--bb\r\n--b- -\r\n--b--', '\r\n--bb\r\n--b- -'],
    ['may end with the beginning of a boundary', '--b\r\n\r\none\r\n-\r\n--b--', 'one\r\n-'],
    ['stands behind a preamble', 'hello\r\n--b\r\n\r\none\r\n--b--\r\nepilogue', 'one'],
    ['is not there where there is no part', '--b--', null],
  ])('%s', (_what, text, expected) => expect(first(text)).toBe(expected));

  test('has its headers', () => {
    const part = firstPart(latin1('--b\r\nContent-Type: image/jp2\r\n\r\none\r\n--b--'), 'b', { only: true });
    expect(part?.headers).toEqual(new Map([['content-type', 'image/jp2']]));
  });

  test.each([
    ['a second part', '--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--'],
    ['another length than it says', '--b\r\nContent-Length: 4\r\n\r\none\r\n--b--'],
    ['no boundary', 'one'],
  ])('is an error with %s', (_what, text) => expect(() => first(text)).toThrow(MultipartError));

  test('may be one of several, where that is said', () => {
    expect(first('--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--', false)).toBe('one');
  });

  test('is an error wherever its end is cut off', () => {
    const whole = '--b\r\nX: 1\r\n\r\none\r\n--b--';
    for (let length = 0; length < whole.length; length++) {
      expect(() => first(whole.slice(0, length)), whole.slice(0, length)).toThrow(MultipartError);
    }
  });
});
