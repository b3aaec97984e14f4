import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestArchive, type TestArchive } from '../support/archive.ts';
import type { Switches } from '../support/switchable-origin.ts';
import { openOrigin } from './open-origin.ts';
import { worldFiles } from './world.ts';

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files: worldFiles() });
});
afterAll(() => archive.close());

const query =
  '{ searchStudies { nodes { studyInstanceUID studyDescription } } dictionary(search: "Rows") { keyword } }';

const faults: readonly (readonly [Switches, string])[] = [
  [{ fault: 'html' }, 'ORIGIN_RESPONSE'],
  [{ fault: 'truncated' }, 'ORIGIN_RESPONSE'],
  [{ fault: 'reset' }, 'ORIGIN_UNREACHABLE'],
  [{ fault: 'stall' }, 'ORIGIN_TIMEOUT'],
  [{ throttled: 100 }, 'ORIGIN_THROTTLED'],
  [{ token: () => 'another' }, 'ORIGIN_AUTH'],
];

describe('an archive that breaks off', () => {
  test.each(faults)('with %o fails by a code, and the rest of the answer stands', async (switches, code) => {
    await using opened = await openOrigin(archive.url, {}, { retries: 1, headersTimeoutMs: 300 });
    opened.behind.set(switches);
    const { data, errors } = await opened.graphql.query(query);
    expect(data.searchStudies).toBeNull();
    expect(data.dictionary.length).toBeGreaterThan(0);
    expect(errors?.[0]?.extensions['code']).toBe(code);
    expect(JSON.stringify(errors)).not.toMatch(/127\.0\.0\.1|at .*\.ts/);
    opened.behind.set({});
    expect((await opened.graphql.query(query)).errors).toBeUndefined();
  });

  test('by 429 is asked again, as often as is configured', async () => {
    await using opened = await openOrigin(archive.url, {}, { retries: 2 });
    opened.behind.set({ throttled: 2 });
    expect((await opened.graphql.query(query)).errors).toBeUndefined();
  });

  test('by 401 is asked again with the token of the next moment', async () => {
    let valid = 'first';
    let given = 'first';
    const credentials = { kind: 'bearer', token: () => given } as const;
    await using opened = await openOrigin(archive.url, { token: () => valid }, { credentials });
    expect((await opened.graphql.query(query)).errors).toBeUndefined();
    valid = 'second';
    expect((await opened.graphql.query(query)).errors?.[0]?.extensions['code']).toBe('ORIGIN_AUTH');
    given = 'second';
    expect((await opened.graphql.query(query)).errors).toBeUndefined();
  });
});

test('URIs that an archive writes are never followed, wherever they lead', async () => {
  for (const uris of ['relative', 'foreign'] as const) {
    await using opened = await openOrigin(archive.url, { uris });
    const { data, errors } = await opened.graphql.query(query);
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).not.toContain('169.254');
  }
});
