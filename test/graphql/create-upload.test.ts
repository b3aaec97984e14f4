import { describe, expect, test } from 'vitest';
import { verifyLink } from '../../src/links/token.ts';
import { ableOrigin, startGraphql } from '../support/graphql.ts';
import { linkKeys, noon, tokenOf } from '../support/links.ts';

const mutation = `mutation ($input: CreateUploadInput!) {
  createUpload(input: $input) { url method mediaTypes expiresAt maxBytes }
}`;
const writable = { archive: { writable: true, files: [] } };
const one = { data: { createUpload: null } };

describe('createUpload', () => {
  test('gives a link for what was asked for, once the origin was seen to store', async () => {
    await using graphql = await startGraphql(writable);
    const input = { studyInstanceUID: '1.2.3', maxBytes: 5_000_000_000 - 4_000_000_000 };
    const { data, errors } = await graphql.query(mutation, { input });
    expect(errors).toBeUndefined();
    expect(data.createUpload).toEqual({
      url: expect.stringMatching(/^https:\/\/pacs\.example\/links\/[\w-]+$/),
      method: 'POST',
      mediaTypes: ['multipart/related; type="application/dicom"', 'application/dicom'],
      expiresAt: new Date((noon + 600) * 1000).toISOString(),
      maxBytes: 1_000_000_000,
    });
    expect(verifyLink(tokenOf(data.createUpload.url), linkKeys, 'upload', noon)).toMatchObject({
      origin: 'able',
      study: '1.2.3',
      maxBytes: 1_000_000_000,
    });
    expect(graphql.requests).toHaveLength(1);
    const again = await graphql.query(mutation, { input: {} });
    expect(again.data.createUpload).toMatchObject({ maxBytes: 2 ** 31 });
    expect(again.data.createUpload.url).not.toBe(data.createUpload.url);
    expect(verifyLink(tokenOf(again.data.createUpload.url), linkKeys, 'upload', noon).study).toBeNull();
    expect(graphql.requests).toEqual([]);
  });

  test('needs the scope store', async () => {
    await using graphql = await startGraphql({ ...writable, scopes: ['search', 'metadata', 'admin'] });
    const answer = await graphql.query(mutation, { input: {} });
    expect(answer).toMatchObject({ ...one, errors: [{ extensions: { code: 'FORBIDDEN', scope: 'store' } }] });
    expect(graphql.requests).toEqual([]);
  });

  test('is refused where the origin stores nothing', async () => {
    await using graphql = await startGraphql({
      capabilities: { able: ableOrigin, known: { ...ableOrigin, storing: false } },
    });
    for (const origin of [undefined, 'known']) {
      const answer = await graphql.query(mutation, { input: { origin } });
      expect(answer).toMatchObject({ ...one, errors: [{ extensions: { code: 'REPRESENTATION_UNAVAILABLE' } }] });
    }
  });

  test.each([
    ['no bytes', { maxBytes: 0 }, 'BAD_USER_INPUT'],
    ['more bytes than allowed', { maxBytes: 1_001 }, 'BAD_USER_INPUT'],
    ['a study that is no UID', { studyInstanceUID: '../1' }, 'BAD_USER_INPUT'],
    ['an origin that is not there', { origin: 'nowhere' }, 'UNKNOWN_ORIGIN'],
  ])('is refused with %s', async (_, input, code) => {
    await using graphql = await startGraphql({ ...writable, bounds: { maxUploadBytes: 1_000 } });
    const { errors } = await graphql.query(mutation, { input });
    expect(errors).toMatchObject([{ extensions: { code } }]);
    expect(graphql.requests).toEqual([]);
  });

  test('counts as a link', async () => {
    await using graphql = await startGraphql({ ...writable, bounds: { maxSignedUrls: 1 } });
    const two = 'mutation { a: createUpload(input: {}) { method } b: createUpload(input: {}) { method } }';
    const { data, errors } = await graphql.query(two);
    expect(data).toMatchObject({ a: { method: 'POST' }, b: null });
    expect(errors).toMatchObject([{ path: ['b'], extensions: { code: 'LINK_BUDGET' } }]);
  });

  test('is never made by a GET', async () => {
    await using graphql = await startGraphql(writable);
    const response = await fetch(
      `${graphql.url}?query=${encodeURIComponent('mutation { createUpload(input: {}) { url } }')}`,
    );
    expect(response.status).toBe(405);
    expect(await response.text()).not.toContain('/links/');
  });
});
