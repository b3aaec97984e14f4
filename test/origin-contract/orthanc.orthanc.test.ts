import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestArchive } from '../support/archive.ts';
import { startGraphql, type TestGraphql } from '../support/graphql.ts';
import { describeOrthanc, type RunningOrthanc, startOrthanc } from '../support/orthanc.ts';
import { ask, expectContract, pageThrough } from './ask.ts';
import { questions } from './questions.ts';
import { worldFiles } from './world.ts';

/** Orthanc as its operators set it up: with all metadata, or with what its index has, regarding case. */
const setups = {
  'with whole metadata': {
    ORTHANC_STUDIES_METADATA: 'Full',
    ORTHANC_SERIES_METADATA: 'Full',
    ORTHANC_ENCODING: 'Utf8',
  },
  'with metadata of main tags, regarding case': {
    ORTHANC_STUDIES_METADATA: 'MainDicomTags',
    ORTHANC_SERIES_METADATA: 'MainDicomTags',
    ORTHANC_QIDO_CASE_SENSITIVE: 'true',
  },
} as const;

for (const [name, environment] of Object.entries(setups)) {
  describeOrthanc(`Orthanc ${name}`, () => {
    let orthanc: RunningOrthanc;
    let graphql: TestGraphql;
    const expected = new Map<string, unknown>();
    beforeAll(async () => {
      const files = worldFiles();
      orthanc = await startOrthanc(files, environment);
      expect(orthanc.instances).toBe(files.length);
      await using archive = await startTestArchive({ files });
      const { url, credentials } = orthanc;
      graphql = await startGraphql({
        capabilities: {},
        origins: {
          embedded: { url: archive.url, profile: 'embedded' },
          generic: { url, credentials },
          orthanc: { url, credentials, profile: 'orthanc' },
        },
      });
      for (const [question, asked] of Object.entries(questions)) {
        const { data, code } = await ask(graphql, 'embedded', asked);
        expected.set(question, code ?? data);
      }
    });
    afterAll(async () => {
      await graphql[Symbol.asyncDispose]();
      await orthanc.stop();
    });

    test.each(['generic', 'orthanc'])(
      'answers every question as any other archive, by the profile %s',
      async (origin) => {
        await expectContract(graphql, origin, expected, {});
        expect([...(await pageThrough(graphql, origin, 2))].sort()).toEqual([
          '1.2.1',
          '1.2.2',
          '1.2.3',
          '1.2.4',
          '1.2.5',
        ]);
      },
    );

    test('is found to be what it is', async () => {
      const { data } = await graphql.query('{ origins { id capabilities { evidence { capability supported how } } } }');
      const { evidence } = data.origins.find(({ id }: { id: string }) => id === 'generic').capabilities;
      const isPlain = name === 'with whole metadata';
      for (const [capability, supported] of [
        ['uidListMatching', true],
        ['rawQueryValues', true],
        ['wildcardMatching', true],
        ['caseInsensitiveMatching', isPlain],
        ['studyMetadata', isPlain],
        ['seriesMetadata', isPlain],
        ['instanceMetadata', true],
      ]) {
        expect(evidence).toContainEqual({ capability, supported, how: 'probed' });
      }
    });
  });
}
