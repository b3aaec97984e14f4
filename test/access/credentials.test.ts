import { describe, expect, test } from 'vitest';
import { AuthenticationError } from '../../src/access/authentication-error.ts';
import { type RequestHeaders, readCredentials } from '../../src/access/credentials.ts';

function read(headers: RequestHeaders, apiKeys = true): string {
  try {
    const credentials = readCredentials(headers, { apiKeys });
    if (credentials.kind === 'none') return 'none';
    return `${credentials.kind} ${credentials.kind === 'bearer' ? credentials.token.reveal() : credentials.text}`;
  } catch (error) {
    if (error instanceof AuthenticationError) return error.challenge.replace(/^[^,]*, error="(\w+)".*$/, '$1');
    throw error;
  }
}

describe('credentials of a request', () => {
  test.each<[string, RequestHeaders, string]>([
    ['none', {}, 'none'],
    ['a bearer token', { authorization: ['Bearer abc.def-_~+/=='] }, 'bearer abc.def-_~+/=='],
    ['whatever the case of its scheme', { authorization: ['bEARER  abc'] }, 'bearer abc'],
    ['a key', { 'x-api-key': ['dwg_a_b'] }, 'api-key dwg_a_b'],
    ['those of a proxy before us are not ours', { authorization: ['Basic dTpw'] }, 'none'],
    ['nor do they keep ours from being read', { authorization: ['Basic dTpw'], 'x-api-key': ['k'] }, 'api-key k'],
    ['a scheme that begins as ours', { authorization: ['Bearerabc'] }, 'none'],
    ['a bearer without a token', { authorization: ['Bearer'] }, 'invalid_token'],
    ['a token with a space', { authorization: ['Bearer a b'] }, 'invalid_token'],
    ['two in one header', { authorization: ['Bearer a, Bearer b'] }, 'invalid_token'],
    ['a token of 8,192 characters', { authorization: [`Bearer ${'a'.repeat(8192)}`] }, `bearer ${'a'.repeat(8192)}`],
    ['a longer one', { authorization: [`Bearer ${'a'.repeat(8193)}`] }, 'invalid_token'],
    ['two headers', { authorization: ['Bearer a', 'Bearer b'] }, 'invalid_request'],
    ['two headers of which one is not ours', { authorization: ['Basic a', 'Bearer b'] }, 'invalid_request'],
    ['the same twice', { authorization: ['Bearer a', 'Bearer a'] }, 'invalid_request'],
    ['two keys', { 'x-api-key': ['a', 'b'] }, 'invalid_request'],
    ['a key and a token', { authorization: ['Bearer a'], 'x-api-key': ['b'] }, 'invalid_request'],
  ])('%s', (_what, headers, expected) => {
    expect(read(headers)).toBe(expected);
  });

  test('X-API-Key is another’s where no keys are taken', () => {
    expect(read({ authorization: ['Bearer a'], 'x-api-key': ['b', 'c'] }, false)).toBe('bearer a');
  });
});

test('what is told of bad credentials is what RFC 6750 has; without any there is no error', () => {
  expect(new AuthenticationError(null, 'x').challenge).toBe('Bearer realm="dicomweb-graphql"');
  expect(new AuthenticationError('invalid_token', 'The token has ended').challenge).toBe(
    'Bearer realm="dicomweb-graphql", error="invalid_token", error_description="The token has ended"',
  );
  expect(new AuthenticationError('invalid_request', 'x').code).toBe('BAD_USER_INPUT');
});
