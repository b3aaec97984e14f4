import { afterAll, beforeAll, expect, test } from 'vitest';
import { ctImage } from '../support/archive.ts';
import { json, type QuirkyOrigin, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';
import { type RuledFacade, startRuled } from '../support/ruled.ts';
import { rulesOf, where } from '../support/ruled-world.ts';

const row = (patient: string, study: string, series: string, instance: string) => ({
  '00080016': { vr: 'UI', Value: [ctImage] },
  '00080018': { vr: 'UI', Value: [instance] },
  '00080020': { vr: 'DA', Value: [study === '1.4' ? 'soon' : '20240101'] },
  '00100020': { vr: 'LO', Value: [patient] },
  '0020000D': { vr: 'UI', Value: [study] },
  '0020000E': { vr: 'UI', Value: [series] },
});

/** Each patient has a study that is in order; P-2 and P-3 have what is not: keys that are no UIDs, dates that are none. */
const rows = [
  row('P-1', '1.1', '1.1.1', '1.1.1.1'),
  row('P-2', '1.2', '1.2.1', '1.2.1.1'),
  row('P-2', '05fa', 'dbf6', 'dccc'),
  row('P-3', '1.3', '1.3.1', '1.3.1.1'),
  row('P-3', '07bc', 'dd01', 'dd02'),
  row('P-3', '1.4', '1.4.1', 'abcd'),
];

let origin: QuirkyOrigin;
let facade: RuledFacade;
beforeAll(async () => {
  // It answers every search with all that it has: rows are judged and checked here.
  origin = await startQuirkyOrigin((socket) => reply(socket, json(rows)));
  facade = await startRuled({
    files: [],
    origins: { able: { rootSeriesSearch: true, rootInstanceSearch: true, includeField: true } },
    urls: { able: origin.url },
  });
});
afterAll(async () => {
  await facade[Symbol.asyncDispose]();
  await origin.close();
});

const query = `{
  searchStudies { totalCount nodes { studyInstanceUID studyDate } }
  searchSeries { totalCount nodes { seriesInstanceUID } }
  searchInstances { totalCount nodes { sopInstanceUID } }
  studyStatistics { studies }
}`;

/** What is found and counted, and how often each attribute is warned about. */
async function askFor(patients: readonly string[] | null) {
  facade.rules.set('mary', { rows: patients && rulesOf([where('PatientID', ...patients)]) });
  const { data, errors, extensions } = await facade.query('mary', query);
  expect(errors).toBeUndefined();
  const { searchStudies, searchSeries, searchInstances, studyStatistics } = data;
  for (const { totalCount, nodes } of [searchStudies, searchSeries, searchInstances]) {
    expect(totalCount).toBe(nodes.length);
  }
  const warnings = (extensions?.['warnings'] ?? []) as readonly { attribute: string; count: number }[];
  return {
    found: [searchStudies, searchSeries, searchInstances].map(({ totalCount }) => totalCount),
    studies: studyStatistics.studies,
    warned: Object.fromEntries(warnings.map(({ attribute, count }) => [attribute, count])),
  };
}

/** A study that cannot be named is met by each of the four questions. */
test.each([
  {
    who: 'who may see everything',
    patients: null,
    answer: { found: [4, 4, 3], studies: 4, warned: { StudyInstanceUID: 2 * 4, SOPInstanceUID: 1, StudyDate: 1 } },
  },
  {
    who: 'who may see one of them',
    patients: ['P-2'],
    answer: { found: [1, 1, 1], studies: 1, warned: { StudyInstanceUID: 4 } },
  },
  {
    who: 'who may see others of them',
    patients: ['P-3'],
    answer: { found: [2, 2, 1], studies: 2, warned: { StudyInstanceUID: 4, SOPInstanceUID: 1, StudyDate: 1 } },
  },
  { who: 'who may see none of them', patients: ['P-1'], answer: { found: [1, 1, 1], studies: 1, warned: {} } },
])('objects without valid keys are not counted, and $who is warned of no other', async ({ patients, answer }) => {
  expect(await askFor(patients)).toEqual(answer);
});
