import { expect, test } from 'vitest';
import type { Scope } from '../../src/access/scopes.ts';
import type { ConfiguredCapabilities } from '../../src/origin/capabilities/capabilities.ts';
import { dicomFile } from '../support/archive.ts';
import { type Answer, ableOrigin, startGraphql } from '../support/graphql.ts';

const files = Object.entries({ CT: 16, CR: 2 }).flatMap(([modality, count], kind) =>
  Array.from({ length: count }, (_, index) => {
    const uid = `1.${100 * (kind + 1) + index}`;
    return dicomFile({
      StudyInstanceUID: uid,
      SeriesInstanceUID: `${uid}.1`,
      SOPInstanceUID: `${uid}.1.1`,
      Modality: modality,
    });
  }),
);

/** Of what the archive has 2 studies with CR: fewer than the 10 that are counted. */
const few = (selection: string): string =>
  `{ studyStatistics(filter: { modalitiesInStudy: ["CR"] }) { ${selection} } }`;
const explained = { 'x-dicomweb-explain': '1' };
/** Rows do not tell modalities, nor does the origin match them: each study is looked at by itself. */
const uncounted: ConfiguredCapabilities = {
  ...ableOrigin,
  relatedCounts: false,
  matchableKeys: { study: ['StudyInstanceUID'], series: null, instance: null },
};

test.each([
  ['an origin that counts', ableOrigin],
  ['an origin that does not', uncounted],
])('counts that are withheld are not told beside the answer either: %s', async (_what, capabilities) => {
  const ask = async (more: readonly Scope[]): Promise<Answer> => {
    await using graphql = await startGraphql({
      archive: { files },
      capabilities: { able: capabilities },
      scopes: ['statistics', 'admin', ...more],
    });
    return await graphql.query(few('byModality { key studies }'), {}, explained);
  };
  const { data, errors, extensions } = await ask([]);
  expect([data, errors?.[0]?.extensions['code']]).toEqual([{ studyStatistics: null }, 'FORBIDDEN']);
  expect(extensions?.['cost']).toMatchObject({ used: { requests: null, rows: null, links: 0 } });
  expect(extensions).not.toHaveProperty('dicomweb');
  const counts = (told: Answer): unknown[] =>
    ((told.extensions?.['warnings'] ?? []) as readonly { count: unknown }[]).map(({ count }) => count);
  expect(counts({ data, extensions: extensions ?? {} }).every((count) => count === null)).toBe(true);
  const whole = await ask(['patient-data']);
  expect(whole.data.studyStatistics.byModality).toEqual([{ key: 'CR', studies: 2 }]);
  expect(whole.extensions?.['cost']).not.toMatchObject({ used: { rows: null } });
  expect(whole.extensions).toHaveProperty('dicomweb');
  expect(counts(whole)).not.toContain(null);
  if (capabilities === uncounted) expect(counts(whole)).not.toEqual([]); // as many as studies were looked at
});

test('rows that were looked at are not told where they are so few', async () => {
  await using graphql = await startGraphql({
    archive: { files },
    capabilities: {
      able: { ...ableOrigin, matchableKeys: { study: ['StudyInstanceUID'], series: null, instance: null } },
    },
    scopes: ['statistics'],
    suppressStatisticsBelow: 19,
  });
  const none = 'studyStatistics(filter: { modalitiesInStudy: ["XA"] })';
  expect((await graphql.query(`{ ${none} { studies } }`)).data).toEqual({ studyStatistics: { studies: 0 } });
  const { data, errors } = await graphql.query(`{ ${none} { studies scanned } }`); // all 18 were looked at
  expect([data, errors?.[0]?.extensions]).toEqual([
    { studyStatistics: null },
    expect.objectContaining({ code: 'FORBIDDEN', scope: 'patient-data', limit: 19 }),
  ]);
});
