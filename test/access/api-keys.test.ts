import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createApiKeys, makeApiKey } from '../../src/access/api-keys.ts';
import { AuthenticationError } from '../../src/access/authentication-error.ts';

const now = 1_800_000_000;
const made = makeApiKey('dashboard');
const other = makeApiKey('other');

const identify = createApiKeys(
  [
    { id: 'dashboard', sha256: made.sha256, expiresAt: null },
    { id: 'brief', sha256: other.sha256, expiresAt: now + 1 },
  ],
  () => now * 1000,
);

function refusalOf(text: string, by = identify): string {
  try {
    by(text);
    return 'accepted';
  } catch (error) {
    if (error instanceof AuthenticationError) return error.message;
    throw error;
  }
}

test('a key is 32 random bytes that say what they are and whose, and its hash tells nothing of it', () => {
  expect(made.key).toMatch(/^dwg_dashboard_[A-Za-z0-9_-]{43}$/);
  expect(made.sha256).toBe(createHash('sha256').update(made.key).digest('base64url'));
  expect(makeApiKey('dashboard').key).not.toBe(made.key);
});

test('a key is who the configuration says', () => {
  expect(identify(made.key)).toEqual({
    subject: 'key:dashboard',
    kind: 'api-key',
    claims: {},
    expiresAt: null,
    token: null,
  });
});

describe('is refused', () => {
  test.each([
    ['a key that was never made', makeApiKey('dashboard').key],
    ['a key of an unknown id', makeApiKey('nobody').key],
    ['the key of another', other.key],
    ['a key under the id of another', made.key.replace('dashboard', 'brief')],
    ['a key that is altered', made.key.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))],
    ['a key that is longer', `${made.key}A`],
    ['a key with a space', ` ${made.key}`],
    ['the hash of a key', made.sha256],
    ['an empty text', ''],
    ['a megabyte', 'x'.repeat(2 ** 20)],
  ])('%s', (_what, text) => {
    expect(refusalOf(text)).toBe('No such API key');
  });

  test('a key that has ended, from that moment on', () => {
    const key = makeApiKey('brief');
    const at = (seconds: number) =>
      createApiKeys([{ id: 'brief', sha256: key.sha256, expiresAt: now }], () => seconds * 1000);
    expect([refusalOf(key.key, at(now - 1)), refusalOf(key.key, at(now))]).toEqual([
      'accepted',
      'The API key has ended',
    ]);
  });
});
