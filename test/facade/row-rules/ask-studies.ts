import fc from 'fast-check';
import { expect } from 'vitest';
import { type WorldFile, world } from '../../support/ruled-world.ts';
import { type Asking, ask, distinct, type Json, rowsOf } from './asking.ts';

/** What is asked of studies, and which rows it means. */
export interface StudyQuestion {
  readonly text: string;
  readonly accepts: (row: readonly WorldFile[]) => boolean;
}

const studies = distinct(world.map(({ study }) => study));

export const anyStudyQuestion: fc.Arbitrary<StudyQuestion> = fc.oneof(
  fc.constant({ text: '', accepts: () => true }),
  fc.constantFrom('P-1', 'P-2', 'P-3').map((id) => ({
    text: `patientID: { equals: "${id}" }`,
    accepts: (row: readonly WorldFile[]) => row[0]?.patient === id,
  })),
  fc.constantFrom('Thorax', 'Shared').map((name) => ({
    text: `studyDescription: { equals: "${name}" }`,
    accepts: (row: readonly WorldFile[]) => row[0]?.description === name,
  })),
  fc.constantFrom('CT', 'MR').map((modality) => ({
    text: `modalitiesInStudy: ["${modality}"]`,
    accepts: (row: readonly WorldFile[]) => row.some((file) => file.modality === modality),
  })),
  fc.subarray(studies, { minLength: 1, maxLength: 3 }).map((uids) => ({
    text: `studyInstanceUIDs: ${JSON.stringify(uids)}`,
    accepts: (row: readonly WorldFile[]) => uids.includes(row[0]?.study ?? ''),
  })),
  fc.constant({
    text: 'studyDate: { from: "2024-03-01", to: "2024-06-30" }',
    accepts: (row: readonly WorldFile[]) => /^20240[3-6]/.test(row[0]?.date ?? ''),
  }),
);

export interface Paging {
  readonly first: number;
  readonly orderBy: 'STUDY_DATE_ASC' | 'STUDY_DATE_DESC' | null;
}

export const anyPaging: fc.Arbitrary<Paging> = fc.record({
  first: fc.integer({ min: 1, max: 8 }),
  orderBy: fc.constantFrom(null, null, 'STUDY_DATE_ASC', 'STUDY_DATE_DESC'),
});

/** All pages, with all that is below the studies. */
export async function askStudies(
  asking: Asking,
  { text, accepts }: StudyQuestion,
  { first, orderBy }: Paging,
): Promise<void> {
  const { origin, visible } = asking;
  const studyOf = (row: readonly WorldFile[]): string => row[0]?.study ?? '';
  const expected = distinct(rowsOf(visible).filter(accepts).map(studyOf));
  const found: { readonly studyInstanceUID: string; readonly studyDate: string }[] = [];
  for (let after: string | null = null; found.length < 40; ) {
    const data: Json = await ask(
      asking,
      `query ($after: String) { searchStudies(
        origin: "${origin}", first: ${first}, after: $after, orderBy: ${orderBy}, filter: { ${text} }
      ) {
        totalCount pageInfo { hasNextPage endCursor }
        nodes { studyInstanceUID studyDate numberOfStudyRelatedSeries numberOfStudyRelatedInstances modalitiesInStudy
          patient { patientID }
          series { totalCount nodes { seriesInstanceUID numberOfSeriesRelatedInstances institutionName
            instances { totalCount nodes { sopInstanceUID sopClass { uid } } } } } }
      } }`,
      { after },
    );
    const { nodes, pageInfo, totalCount } = data.searchStudies;
    if (totalCount !== null) expect(totalCount).toBe(expected.length);
    for (const node of nodes) checkStudy(node, visible);
    found.push(...nodes);
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    if (after === null) break;
  }
  expect(distinct(found.map(({ studyInstanceUID }) => studyInstanceUID))).toEqual(expected);
  if (orderBy === null) return;
  const dates = found.map(({ studyDate }) => studyDate);
  const ascending = dates.toSorted();
  expect(dates).toEqual(orderBy === 'STUDY_DATE_ASC' ? ascending : ascending.reverse());
}

/** Of a study UID of two patients an origin counts for one of them, where it counts at all. */
function checkStudy(node: Json, visible: readonly WorldFile[]): void {
  const own = visible.filter(({ study }) => study === node.studyInstanceUID);
  const ofPatient = own.filter(({ patient }) => patient === (node.patient.patientID ?? ''));
  const seriesIn = (files: readonly WorldFile[]) => distinct(files.map(({ series }) => series));
  expect([own.length, ofPatient.length]).toContain(node.numberOfStudyRelatedInstances);
  // Series of one UID and two patients are two.
  const ofBoth = distinct(own.map((file) => `${file.patient} ${file.series}`));
  expect([ofBoth.length, seriesIn(ofPatient).length]).toContain(node.numberOfStudyRelatedSeries);
  expect(distinct(node.modalitiesInStudy)).toEqual(distinct(own.map(({ modality }) => modality)));
  expect(distinct(node.series.nodes.map((one: Json) => one.seriesInstanceUID))).toEqual(seriesIn(own));
  const instances = node.series.nodes.flatMap((one: Json) =>
    one.instances.nodes.map((each: Json) => each.sopInstanceUID),
  );
  expect(distinct(instances)).toEqual(distinct(own.map(({ instance }) => instance)));
}
