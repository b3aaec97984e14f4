import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestArchive, type TestArchive } from '../support/archive.ts';
import { type RuledFacade, startRuled } from '../support/ruled.ts';
import { fileOf, rulesOf, visibleOf, type WorldFile, type WorldRule, where, world } from '../support/ruled-world.ts';
import { type SwitchableOrigin, startSwitchableOrigin } from '../support/switchable-origin.ts';

/** Origins of which rows do not tell what rules are about: it has to be found out. */
const origins = {
  terse: {},
  seriesOnly: { missing: ['series', 'instances', 'studies/instances'] },
  coarse: { metadata: { instance: 404 } },
} as const;

let archive: TestArchive;
let facade: RuledFacade;
const switched: SwitchableOrigin[] = [];
beforeAll(async () => {
  archive = await startTestArchive({ files: world.map(fileOf) });
  const urls: Record<string, string> = {};
  for (const [id, switches] of Object.entries(origins)) {
    const origin = await startSwitchableOrigin(archive.url, { ...switches, ignoresIncludeField: true });
    switched.push(origin);
    urls[id] = origin.url;
  }
  const terse = { uidListMatching: false, includeField: false } as const;
  facade = await startRuled({
    files: [],
    origins: {
      terse,
      seriesOnly: { ...terse, studyInstanceSearch: false },
      coarse: { ...terse, instanceMetadata: false },
    },
    urls,
    bounds: { maxOriginRequests: 1_000 },
  });
});
afterAll(async () => {
  await facade[Symbol.asyncDispose]();
  for (const origin of switched) await origin[Symbol.asyncDispose]();
  await archive.close();
});

const rules: readonly (readonly [string, readonly WorldRule[]])[] = [
  ['a patient', [where('PatientID', 'P-1')]],
  ['a physician', [where('ReferringPhysicianName', 'Webber^Rick')]],
  ['an institution', [where('InstitutionName', 'South')]],
  ['a SOP Class', [where('SOPClassUID', '1.2.840.10008.5.1.4.1.1.4')]],
  [
    'a patient in an institution, or a study',
    [
      {
        origins: null,
        studies: null,
        attributes: [
          ['PatientID', ['P-2']],
          ['InstitutionName', ['South']],
        ],
      },
      { origins: null, studies: ['1.4'], attributes: [] },
    ],
  ],
];

const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort();

// biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what its test looks at
type Json = any;

describe.each(Object.keys(origins))('of an origin that is %s', (origin) => {
  test.each(rules)('who is bound to %s sees that, and nothing else', async (_, bound) => {
    facade.rules.set('mary', { rows: rulesOf(bound) });
    const visible = visibleOf(bound, origin);
    const { data, errors }: Json = await facade.query(
      'mary',
      `{ searchStudies(first: 100, origin: "${origin}") { nodes { studyInstanceUID
        series { nodes { seriesInstanceUID instances { nodes { sopInstanceUID } } } }
        instances { nodes { sopInstanceUID } } } } }`,
    );
    expect(errors).toBeUndefined();
    const { nodes } = data.searchStudies;
    const uidsOf = (name: keyof WorldFile) => distinct(visible.map((file) => file[name]));
    const series = nodes.flatMap((node: Json) => node.series.nodes);
    expect(distinct(nodes.map((node: Json) => node.studyInstanceUID))).toEqual(uidsOf('study'));
    // A row that tells no patient, of a series UID of two, is not settled: what is not settled is not seen.
    const isUnsettled = (uid: string) => uid === '1.7.1';
    const told = distinct(series.map((one: Json) => one.seriesInstanceUID));
    expect(told.filter((uid) => !isUnsettled(uid))).toEqual(uidsOf('series').filter((uid) => !isUnsettled(uid)));
    expect(uidsOf('series')).toEqual(expect.arrayContaining(told));
    const below = series.flatMap((one: Json) => one.instances.nodes.map((each: Json) => each.sopInstanceUID));
    for (const uid of below) expect(uidsOf('instance')).toContain(uid);
    expect(
      distinct(nodes.flatMap((node: Json) => node.instances.nodes.map((each: Json) => each.sopInstanceUID))),
    ).toEqual(uidsOf('instance'));
  });

  test('a search in a study that may not be seen finds nothing, as in one that is not there', async () => {
    facade.rules.set('mary', { rows: rulesOf([where('PatientID', 'P-1')]) });
    const searchIn = (uid: string) =>
      `searchInstances(origin: "${origin}", study: { studyInstanceUIDs: ["${uid}"] }) { totalCount nodes { sopInstanceUID } }`;
    const { data, errors } = await facade.query(
      'mary',
      `{ own: ${searchIn('1.1')} hidden: ${searchIn('1.3')} missing: ${searchIn('9.9')} }`,
    );
    expect(errors).toBeUndefined();
    const uids = ['1.1.1.1', '1.1.1.2', '1.1.2.1'];
    const nothing = { totalCount: 0, nodes: [] };
    expect(data).toEqual({
      own: { totalCount: 3, nodes: uids.map((sopInstanceUID) => ({ sopInstanceUID })) },
      hidden: nothing,
      missing: nothing,
    });
  });

  test('an attribute that no row tells comes from an instance that may be seen', async () => {
    for (const id of ['P-1', 'P-2']) {
      facade.rules.set('mary', { rows: rulesOf([where('PatientID', id)]) });
      const { data } = await facade.query(
        'mary',
        `{ study(studyInstanceUID: "1.6", origin: "${origin}") { attribute(path: "PatientComments") { ... on TextAttribute { values } } } }`,
      );
      expect(data?.study?.attribute?.values).toEqual([`Of ${id}`]);
    }
  });
});
