import { expect, test } from 'vitest';
import { probeCapabilities } from '../../src/origin/capabilities/probe.ts';
import { Budget } from '../../src/planner/budget.ts';
import { Loaders } from '../../src/planner/loaders.ts';
import { byModality, byStudyDate, total } from '../../src/statistics/buckets.ts';
import { statisticsTags } from '../../src/statistics/counted-study.ts';
import { loadStudyStatistics } from '../../src/statistics/study-statistics.ts';
import { type CorpusFile, storable } from '../support/corpus.ts';
import { createTestOrigin } from '../support/origin-client.ts';
import { describeOrthanc, startOrthanc } from '../support/orthanc.ts';
import knownAnswers from './known-answers.json' with { type: 'json' };

/** Orthanc 1.10.1 repeats the Modalities in Study that these files hold, CT, though it has series of SEG in their study. */
const tellsCtAlone = storable.find(({ file }) => file === 'ct/archibald/ct2-01.dcm')?.studyInstanceUID;

/** Studies with this modality; of null: with none. */
function studiesWith(modality: string | null): number {
  const byStudy = new Map<string | null, Set<string>>();
  for (const { studyInstanceUID, modality: own } of storable) {
    const found = byStudy.get(studyInstanceUID) ?? new Set();
    byStudy.set(studyInstanceUID, found);
    if (own && !(studyInstanceUID === tellsCtAlone && own === 'SEG')) found.add(own);
  }
  return [...byStudy.values()].filter((found) => (modality === null ? found.size === 0 : found.has(modality))).length;
}

const distinct = (key: (file: CorpusFile) => string | null): number => new Set(storable.map(key)).size;

describeOrthanc('statistics of Orthanc 1.10.1 with the corpus', () => {
  test('are those of the files, from one request', async () => {
    await using orthanc = await startOrthanc();
    const requests: string[] = [];
    await using origin = createTestOrigin(
      orthanc.url,
      { credentials: orthanc.credentials, headersTimeoutMs: 30_000, maxMetadataBytes: 64_000_000 },
      { onRequest: ({ path }) => void requests.push(path) },
    );
    await probeCapabilities(origin);
    requests.length = 0;
    const loaders = new Loaders(origin, { budget: new Budget({ maxOriginRequests: 100, maxRows: 100_000 }) });
    const { studies, exactness } = await loadStudyStatistics(loaders, {
      filter: null,
      tags: new Set(Object.values(statisticsTags)),
      onInvalidValue: () => {},
    });
    expect(exactness).toBe('EXACT');
    expect(requests).toHaveLength(1);
    expect(studies).toHaveLength(distinct(({ studyInstanceUID }) => studyInstanceUID));
    expect(total(studies, 'series')).toBe(distinct((file) => `${file.studyInstanceUID} ${file.seriesInstanceUID}`));
    expect(total(studies, 'instances')).toBe(storable.length);
    const modalities = byModality(studies)?.map(({ key, studies: having }) => [key, having.length] as const);
    const expected = [...new Set(storable.map(({ modality }) => modality || null))].filter(
      (key) => studiesWith(key) > 0,
    );
    expect(new Map(modalities)).toEqual(new Map(expected.map((key) => [key, studiesWith(key)])));
    for (const interval of ['DAY', 'WEEK', 'MONTH', 'YEAR'] as const) {
      const buckets = byStudyDate(studies, interval).map(({ key, studies: having }) => ({
        key,
        studies: having.length,
      }));
      expect(buckets).toEqual(knownAnswers[interval]);
    }
  });
});
