import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestArchive, type TestArchive } from '../support/archive.ts';
import { startGraphql, type TestGraphql } from '../support/graphql.ts';
import { quirks, vendorSwitches } from '../support/vendor-origins.ts';
import { ask, expectContract, pageThrough } from './ask.ts';
import { openOrigin } from './open-origin.ts';
import { questions } from './questions.ts';
import { refusals } from './refusals.ts';
import { worldFiles } from './world.ts';

let archive: TestArchive;
let reference: TestGraphql;
const expected = new Map<string, unknown>();

beforeAll(async () => {
  archive = await startTestArchive({ files: worldFiles() });
  reference = await startGraphql({
    capabilities: {},
    origins: { embedded: { url: archive.url, profile: 'embedded' } },
  });
  for (const [name, question] of Object.entries(questions)) {
    const { data, code } = await ask(reference, 'embedded', question);
    expected.set(name, code ?? data);
  }
});
afterAll(async () => {
  await reference[Symbol.asyncDispose]();
  await archive.close();
});

test('the embedded archive answers every question', () => {
  for (const [name, answer] of expected) expect(typeof answer, name).toBe('object');
  expect(expected.get('a name')).toEqual({
    searchStudies: { nodes: [{ studyInstanceUID: '1.2.1' }, { studyInstanceUID: '1.2.2' }] },
  });
  expect(expected.get('a modality')).toEqual({ searchStudies: { nodes: [{ studyInstanceUID: '1.2.1' }] } });
  expect(expected.get('by date')).toMatchObject({
    searchStudies: { nodes: ['1.2.1', '1.2.4', '1.2.2', '1.2.3', '1.2.5'].map((uid) => ({ studyInstanceUID: uid })) },
  });
});

describe('a switchable origin without a switch', () => {
  test('is answered by as the embedded archive', async () => {
    await using opened = await openOrigin(archive.url, {});
    await expectContract(opened.graphql, 'it', expected, {});
  });
});

describe.each(Object.entries(vendorSwitches))('an archive that behaves as %s', (name, switches) => {
  test('answers as any other, or refuses by name, configured by its profile', async () => {
    await using opened = await openOrigin(archive.url, switches, { profile: name as keyof typeof vendorSwitches });
    await expectContract(opened.graphql, 'it', expected, refusals[name] ?? {});
    expect([...(await pageThrough(opened.graphql, 'it', 2))].sort()).toEqual([
      '1.2.1',
      '1.2.2',
      '1.2.3',
      '1.2.4',
      '1.2.5',
    ]);
  });
});

describe.each(Object.entries(quirks))('an archive with %s', (name, switches) => {
  test('answers as any other, or refuses by name, with nothing configured', async () => {
    await using opened = await openOrigin(archive.url, switches);
    await expectContract(opened.graphql, 'it', expected, refusals[name] ?? {});
    expect([...new Set(await pageThrough(opened.graphql, 'it', 2))].sort()).toEqual([
      '1.2.1',
      '1.2.2',
      '1.2.3',
      '1.2.4',
      '1.2.5',
    ]);
  });
});
