import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CallerToken, expiryOf, parseBearer } from '../../src/access/caller-token.ts';
import { createKeptTokens } from '../../src/access/kept-tokens.ts';
import { noon } from '../support/links.ts';

test('a token is kept for its subject alone, until it ends, and for no more than an hour', () => {
  const time = { now: noon };
  const tokens = createKeptTokens(() => time.now * 1000);
  tokens.keep('a', new CallerToken('of-a'), noon + 300);
  tokens.keep('b', new CallerToken('of-b'), Number.POSITIVE_INFINITY);
  expect([tokens.find('a')?.reveal(), tokens.find('b')?.reveal(), tokens.find('c')]).toEqual(['of-a', 'of-b', null]);
  time.now = noon + 299;
  expect(tokens.find('a')?.reveal()).toBe('of-a');
  time.now = noon + 300;
  expect(tokens.find('a')).toBeNull();
  time.now = noon + 3_600;
  expect(tokens.find('b')).toBeNull();
});

test('there is room for so many tokens; the one that was used for a link longest ago goes first', () => {
  const tokens = createKeptTokens(() => noon * 1000, 2);
  for (const subject of ['a', 'b', 'a', 'c']) tokens.keep(subject, new CallerToken(subject), noon + 60);
  expect(['a', 'b', 'c'].map((subject) => tokens.find(subject)?.reveal())).toEqual(['a', undefined, 'c']);
});

test('a token shows in no dump', () => {
  const token = new CallerToken('s3cret');
  expect(inspect(token, { depth: 9, showHidden: true }) + JSON.stringify(token) + String(token)).not.toContain(
    's3cret',
  );
});

test('whatever the Authorization header holds, it is a bearer token or none, and its end a time or none', () => {
  expect(parseBearer('bearer abc==')?.reveal()).toBe('abc==');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.base64String().map((text) => `Bearer a.${text}.b`),
      ),
      (header) => {
        const token = parseBearer(header);
        if (token === null) return;
        expect(header.endsWith(token.reveal())).toBe(true);
        const end = expiryOf(token);
        expect(end === null || Number.isFinite(end)).toBe(true);
      },
    ),
  );
});
