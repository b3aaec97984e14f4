import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tagOf } from '../../src/dicom/dictionary.ts';
import { ctImage } from '../support/archive.ts';
import { ableAndPlain, type RuledFacade, startRuled } from '../support/ruled.ts';
import {
  fileOf,
  mrImage,
  rulesOf,
  visibleOf,
  type WorldFile,
  type WorldRule,
  where,
  world,
} from '../support/ruled-world.ts';

/** What an origin counts of a study or series it counts of all that it has: such numbers are matched of what may be seen. */
let facade: RuledFacade;
beforeAll(async () => {
  facade = await startRuled({
    files: world.map(fileOf),
    origins: ableAndPlain,
  });
});
afterAll(() => facade[Symbol.asyncDispose]());
beforeEach(() => facade.rules.clear());

const north: readonly WorldRule[] = [where('InstitutionName', 'North')];
const onlyMr: readonly WorldRule[] = [where('SOPClassUID', mrImage)];
const numbers = [0, 1, 2, 3, 4];

const distinct = (values: Iterable<string>): string[] => [...new Set(values)].sort();

/** The groups, by what they have in common, of which the number is that one. */
function groupsOf(
  files: readonly WorldFile[],
  groupOf: (file: WorldFile) => string,
  isNumber: (group: readonly WorldFile[]) => boolean,
): string[] {
  return distinct([...Map.groupBy(files, groupOf)].flatMap(([group, members]) => (isNumber(members) ? [group] : [])));
}

async function matched(
  search: 'searchStudies' | 'searchSeries',
  uid: string,
  origin: string,
  path: string,
  text: string,
) {
  const filter = `{ attributes: [{ path: "${path}", match: { text: { equals: "${text}" } } }] }`;
  const { data, errors } = await facade.query(
    'bound',
    `{ ${search}(first: 100, origin: "${origin}", filter: ${filter}) { totalCount nodes { ${uid} } } }`,
  );
  expect(errors).toBeUndefined();
  const { nodes, totalCount } = data[search];
  expect(totalCount).toBe(nodes.length);
  return nodes.map((node: Record<string, string>) => node[uid]).sort();
}

const requestsWith = (parameter: string): readonly string[] =>
  facade.requests.filter((request) => request.split(' ').includes(parameter));

describe.each([
  ['institution', north],
  ['SOP class', onlyMr],
] as const)('a filter of GraphQL, for one who is bound by a rule about the %s,', (_what, rules) => {
  const visible = visibleOf(rules);
  beforeEach(() => facade.rules.set('bound', { rows: rulesOf(rules) }));

  test.each(['able', 'plain'])(
    'finds studies by the instances that may be seen of them, at the origin that is %s',
    async (origin) => {
      facade.requests.length = 0;
      for (const number of numbers) {
        const expected = groupsOf(
          visible,
          ({ study }) => study,
          (files) => files.length === number,
        );
        expect(
          await matched('searchStudies', 'studyInstanceUID', origin, 'NumberOfStudyRelatedInstances', `${number}`),
        ).toEqual(expected);
      }
      expect(requestsWith('NumberOfStudyRelatedInstances')).toEqual([]);
    },
  );

  test('finds studies by the series that may be seen of them', async () => {
    for (const number of numbers) {
      const expected = groupsOf(
        visible,
        ({ study }) => study,
        (files) => distinct(files.map(({ series }) => series)).length === number,
      );
      expect(
        await matched('searchStudies', 'studyInstanceUID', 'able', 'NumberOfStudyRelatedSeries', `${number}`),
      ).toEqual(expected);
    }
  });

  test('finds series by the instances that may be seen of them', async () => {
    for (const number of numbers) {
      const expected = groupsOf(
        visible,
        ({ series }) => series,
        (files) => files.length === number,
      );
      expect(
        await matched('searchSeries', 'seriesInstanceUID', 'able', 'NumberOfSeriesRelatedInstances', `${number}`),
      ).toEqual(expected);
    }
  });

  test.each(['searchStudies', 'studyStatistics'])('of %s cannot be by the SOP classes of a study', async (field) => {
    const selection = field === 'studyStatistics' ? 'studies' : 'totalCount';
    const answers = [];
    for (const uid of [ctImage, mrImage, '1.2.3']) {
      const filter = `{ attributes: [{ path: "SOPClassesInStudy", match: { uids: ["${uid}"] } }] }`;
      const { data, errors } = await facade.query('bound', `{ ${field}(filter: ${filter}) { ${selection} } }`);
      answers.push({ data, code: errors?.[0]?.extensions['code'] });
    }
    expect(answers).toEqual(Array(3).fill({ data: { [field]: null }, code: 'FILTER_UNSUPPORTED' }));
  });

  test('has statistics tell no row that was looked at because of what may not be seen', async () => {
    for (const modality of ['CT', 'MR']) {
      const { data } = await facade.query(
        'bound',
        `{ studyStatistics(filter: { modalitiesInStudy: ["${modality}"] }) { studies scanned } }`,
      );
      const studies = distinct(visible.filter((file) => file.modality === modality).map(({ study }) => study)).length;
      expect(data.studyStatistics).toEqual({ studies, scanned: studies });
    }
  });
});

test('who may see whole studies has them matched by the origin, as it counts them', async () => {
  facade.rules.set('bound', { rows: rulesOf([where('PatientID', 'P-1')]) });
  facade.requests.length = 0;
  expect(await matched('searchStudies', 'studyInstanceUID', 'able', 'NumberOfStudyRelatedInstances', '3')).toEqual([
    '1.1',
  ]);
  expect(requestsWith('NumberOfStudyRelatedInstances')).toHaveLength(1);
});

describe('a search below a root', () => {
  /** Status of each value that has an answer with rows, and whether the origin was asked to match. */
  async function found(url: string, key: string, values: readonly unknown[]): Promise<unknown[]> {
    facade.requests.length = 0;
    const answers = await Promise.all(values.map((value) => fetch(`${url}?${key}=${value}`)));
    expect(answers.every(({ status }) => status === 200 || status === 204)).toBe(true);
    expect(requestsWith(key)).toEqual([]);
    return values.filter((_, index) => answers[index]?.status === 200);
  }

  async function rootOf(study: string, rules: readonly WorldRule[]): Promise<string> {
    facade.rules.set('bound', { rows: null });
    const { data } = await facade.query(
      'bound',
      `{ study(studyInstanceUID: "${study}") { retrieve { dicomweb { url } } } }`,
    );
    facade.rules.set('bound', { rows: rulesOf(rules) });
    return data.study.retrieve.dicomweb.url;
  }

  // 1.3 has a series with one CT of North, and one with two MRs of South.
  test.each([
    ['NumberOfStudyRelatedInstances', numbers, [1]],
    [tagOf('NumberOfStudyRelatedInstances'), numbers, [1]],
    ['NumberOfStudyRelatedSeries', numbers, [1]],
    ['ModalitiesInStudy', ['CT', 'MR'], ['CT']],
    ['SOPClassesInStudy', [ctImage, mrImage], [ctImage]],
  ])('matches %s by what may be seen of the study, at each level', async (key, values, expected) => {
    const url = await rootOf('1.3', north);
    for (const path of ['/studies', '/series', '/instances', '/studies/1.3/series/1.3.1/instances']) {
      expect(await found(`${url}${path}`, key, values)).toEqual(expected);
    }
  });

  test('gives the count that it matched', async () => {
    const url = await rootOf('1.3', north);
    const [row] = await (await fetch(`${url}/studies?NumberOfStudyRelatedInstances=1`)).json();
    expect(row[tagOf('NumberOfStudyRelatedInstances')]).toEqual({ vr: 'IS', Value: [1] });
  });

  // The only series of 1.4 has a CT and an MR.
  test.each(['/series', '/instances', '/studies/1.4/series/1.4.1/instances'])(
    'matches NumberOfSeriesRelatedInstances by what may be seen of the series, in %s',
    async (path) => {
      const url = await rootOf('1.4', onlyMr);
      expect(await found(`${url}${path}`, 'NumberOfSeriesRelatedInstances', numbers)).toEqual([1]);
    },
  );

  test('of studies is not by what is in their series, whether or not there is such a thing', async () => {
    const url = await rootOf('1.3', north);
    const answers = await Promise.all(
      ['Modality=CT', 'Modality=MR', 'Modality=US', 'NumberOfSeriesRelatedInstances=2'].map(async (key) => {
        const response = await fetch(`${url}/studies?${key}`);
        return [response.status, (await response.json()).code];
      }),
    );
    expect(answers).toEqual(Array(4).fill([400, 'FILTER_UNSUPPORTED']));
  });
});
