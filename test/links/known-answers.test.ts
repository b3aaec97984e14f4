import { createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeGrant, encodeGrant } from '../../src/links/encoding.ts';
import type { LinkGrant } from '../../src/links/grant.ts';
import { createLinkKeys } from '../../src/links/keys.ts';
import { createOpaqueTexts } from '../../src/links/opaque.ts';
import { signGrant, verifyLink } from '../../src/links/token.ts';

interface KnownAnswers {
  readonly secret: string;
  readonly answers: readonly {
    readonly name: string;
    readonly grant: LinkGrant;
    readonly encoding: string;
    readonly token: string;
  }[];
  readonly texts: readonly { readonly purpose: string; readonly text: string; readonly token: string }[];
}

// Written by known-answers.py beside it, which shares no code with the product.
const file = readFileSync(new URL('known-answers.json', import.meta.url), 'utf8');
const { secret, answers, texts }: KnownAnswers = JSON.parse(file);
const keys = createLinkKeys(new Map([['2026-11', createSecretKey(Buffer.from(secret, 'hex'))]]));

describe.each(answers)('$name', ({ grant, encoding, token }) => {
  test('is encoded as computed elsewhere', () => {
    expect(encodeGrant(grant).toString('hex')).toBe(encoding);
    expect(decodeGrant(Buffer.from(encoding, 'hex'))).toEqual(grant);
  });

  test('is signed as computed elsewhere', () => {
    expect(signGrant(grant, keys)).toBe(token);
    expect(verifyLink(token, keys, grant.form, grant.notBefore)).toEqual(grant);
  });
});

test.each(texts)('the text $text is sealed for $purpose as computed elsewhere', ({ purpose, text, token }) => {
  expect(createOpaqueTexts(keys).seal(purpose, text)).toBe(token);
  expect(createOpaqueTexts(keys).open(purpose, token)).toBe(text);
});

test('the hash of a subject is as computed elsewhere', () => {
  expect(keys.subject('2026-11', 'anonymous')).toBe(answers[0]?.grant.subject);
});
