import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CorpusFile, corpusPath, describeCorpus, storable } from '../support/corpus.ts';
import { startGraphql, type TestGraphql } from '../support/graphql.ts';
import knownAnswers from './known-answers.json' with { type: 'json' };

const groupBy = (key: (file: CorpusFile) => string | null): Map<string | null, CorpusFile[]> => {
  const groups = new Map<string | null, CorpusFile[]>();
  for (const file of storable) groups.set(key(file), [...(groups.get(key(file)) ?? []), file]);
  return groups;
};
const seriesOf = (files: readonly CorpusFile[]): number =>
  new Set(files.map((file) => `${file.studyInstanceUID} ${file.seriesInstanceUID}`)).size;

describeCorpus('statistics of the corpus', () => {
  let graphql: TestGraphql;
  beforeAll(async () => {
    const files = await Promise.all(storable.map((file) => readFile(corpusPath(file))));
    graphql = await startGraphql({ archive: { files } });
  });
  afterAll(() => graphql[Symbol.asyncDispose]());

  test('count what its manifest lists, by modality too', async () => {
    const studies = [...groupBy(({ studyInstanceUID }) => studyInstanceUID).values()];
    const modalities = [...new Set(studies.flatMap((files) => modalitiesOf(files)))].sort(nullLast);
    const { data } = await graphql.query(
      '{ studyStatistics { studies series instances exactness scanned byModality { key studies series instances } } }',
    );
    expect(data.studyStatistics).toEqual({
      studies: studies.length,
      series: seriesOf(storable),
      instances: storable.length,
      exactness: 'EXACT',
      scanned: studies.length,
      byModality: modalities.map((key) => {
        const having = studies.filter((files) => modalitiesOf(files).includes(key));
        return { key, studies: having.length, series: seriesOf(having.flat()), instances: having.flat().length };
      }),
    });
    expect(graphql.requests).toHaveLength(1);
  });

  test('by date are as pydicom reads the files; dates that are none are told in a warning', async () => {
    const { invalid, ...expected } = knownAnswers;
    const aliases = Object.keys(expected).map((name) => `${name}: byStudyDate(interval: ${name}) { key studies }`);
    const { data, extensions } = await graphql.query(`{ studyStatistics { ${aliases.join(' ')} } }`);
    expect(data.studyStatistics).toEqual(expected);
    const warning = { code: 'DICOM_VALUE', attribute: 'StudyDate', message: 'DA: not a date', count: invalid };
    expect(extensions?.['warnings']).toEqual([warning]);
  });

  test('of a filter count the studies that it matches', async () => {
    const studies = [...groupBy(({ studyInstanceUID }) => studyInstanceUID).values()];
    for (const modality of ['CT', 'SR', 'SEG', 'XX']) {
      const having = studies.filter((files) => modalitiesOf(files).includes(modality));
      const { data } = await graphql.query(
        'query($m: [String!]) { studyStatistics(filter: { modalitiesInStudy: $m }) { studies instances exactness } }',
        { m: [modality] },
      );
      expect(data.studyStatistics).toEqual({
        studies: having.length,
        instances: having.flat().length,
        exactness: 'EXACT',
      });
    }
  });
});

const nullLast = (a: string | null, b: string | null): number =>
  a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1;

/** A study without any is counted under null. */
function modalitiesOf(files: readonly CorpusFile[]): (string | null)[] {
  const found = new Set(files.flatMap(({ modality }) => (modality ? [modality] : [])));
  return found.size === 0 ? [null] : [...found];
}
