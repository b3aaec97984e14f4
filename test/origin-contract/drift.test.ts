import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestArchive, type TestArchive } from '../support/archive.ts';
import type { Switches } from '../support/switchable-origin.ts';
import { ask } from './ask.ts';
import { openOrigin } from './open-origin.ts';
import { questions } from './questions.ts';
import { worldFiles } from './world.ts';

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files: worldFiles() });
});
afterAll(() => archive.close());

/** What an archive, found able by the probe, stops doing; a question that shows it; the capability that is unlearnt. */
const changes: readonly (readonly [what: string, question: string, switches: Switches, capability: string])[] = [
  ['takes a list for one UID', 'the tree', { lists: 'literal' }, 'uidListMatching'],
  ['refuses lists', 'the tree', { lists: 'refused' }, 'uidListMatching'],
  ['ignores filters', 'the tree', { keys: { study: [], series: [], instance: [], others: 'ignored' } }, ''],
  ['leaves counts out', 'their counts', { noCounts: true }, 'relatedCounts'],
  ['ignores includefield', 'the tree of one study', { ignoresIncludeField: true, fewDefaults: true }, 'includeField'],
  [
    'has no search of the instances of a study',
    'the tree of one study',
    { missing: ['studies/instances'] },
    'studyInstanceSearch',
  ],
  ['has no metadata of a study', 'a deep attribute of every instance', { metadata: { study: 405 } }, 'studyMetadata'],
  [
    'has metadata of main tags only',
    'a deep attribute of every instance',
    { metadata: { study: 'main tags', series: 'main tags' } },
    'studyMetadata',
  ],
];

describe.each(changes)('an archive that of a sudden %s', (_, name, switches, capability) => {
  test('is asked in another way, and this is told', async () => {
    await using opened = await openOrigin(archive.url, {});
    const question = questions[name];
    if (!question) throw new Error('No such question');
    const before = await ask(opened.graphql, 'it', question);
    expect(before).toMatchObject({ code: null, warnings: [] });
    opened.behind.set(switches);
    const after = await ask(opened.graphql, 'it', question);
    expect(after.code).toBeNull();
    expect(after.data).toEqual(before.data);
    if (capability !== '') {
      expect(after.warnings).toContainEqual(
        expect.objectContaining({ code: 'CAPABILITY_WORKED_AROUND', about: capability, origin: 'it' }),
      );
      const { data } = await opened.graphql.query(
        '{ origins { capabilities { evidence { capability supported how } } } }',
      );
      expect(data.origins[0].capabilities.evidence).toContainEqual({ capability, supported: false, how: 'probed' });
    }
    // What was learnt is used: the same question needs no second try.
    const asked = opened.behind.requests.length;
    await ask(opened.graphql, 'it', question);
    const third = opened.behind.requests.length - asked;
    await ask(opened.graphql, 'it', question);
    expect(opened.behind.requests.length - asked - third).toBe(third);
  });
});

describe('what an archive does not match', () => {
  const names = questions['the beginning of a name'];

  test('is checked here, which is told by name and without the value', async () => {
    await using opened = await openOrigin(archive.url, { noWildcards: true });
    if (!names) throw new Error('No such question');
    const { warnings } = await ask(opened.graphql, 'it', names);
    expect(warnings).toEqual([
      {
        code: 'FILTER_CHECKED_HERE',
        about: 'PatientName',
        origin: 'it',
        message: expect.any(String),
        count: 1,
      },
    ]);
    expect(JSON.stringify(warnings)).not.toMatch(/doe\b/i);
    expect(opened.behind.requests.at(-1)).not.toContain('PatientName=');
  });

  test('is sent with any character in place of a letter where case is regarded', async () => {
    await using opened = await openOrigin(archive.url, { caseSensitive: true });
    if (!names) throw new Error('No such question');
    await ask(opened.graphql, 'it', names);
    expect(decodeURIComponent(opened.behind.requests.at(-1) ?? '')).toMatch(/PatientName=\?\?\?\*/);
  });
});

test('an attribute that an archive may leave out of metadata is told of where it is null', async () => {
  await using opened = await openOrigin(archive.url, { metadataOmits: ['OW'] }, { profile: 'azure' });
  const query = `{ instance(sopInstanceUID: "1.2.1.1.1", seriesInstanceUID: "1.2.1.1", studyInstanceUID: "1.2.1") {
    attribute(path: "RedPaletteColorLookupTableData") { vr } } }`;
  const { data, extensions } = await opened.graphql.query(query);
  expect(data.instance.attribute).toBeNull();
  expect(extensions?.['warnings']).toEqual([
    expect.objectContaining({ code: 'METADATA_INCOMPLETE', about: 'RedPaletteColorLookupTableData' }),
  ]);
});
