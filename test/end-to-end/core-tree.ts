/** A name, whole. */
const name = '{ raw formatted alphabetic { ...Group } ideographic { ...Group } phonetic { ...Group } }';

/** What a link is, without what differs from one minting to the next. */
const link = '{ mediaType transferSyntaxUID representation }';
const template = '{ frameCount mediaType transferSyntaxUID representation }';

/** Every field of the core schema that studies, series and instances have of their own, and the kinds of their links. */
export const coreTree = `query CoreTree($first: Int!) {
  searchStudies(first: $first) {
    nodes {
      studyInstanceUID studyID studyDate studyTime studyDescription accessionNumber modalitiesInStudy
      numberOfStudyRelatedSeries numberOfStudyRelatedInstances
      referringPhysicianName ${name}
      patient { patientID issuerOfPatientID patientBirthDate patientSex patientName ${name} }
      retrieve { native ${link} metadata ${link} thumbnail ${link} }
      series {
        totalCount
        nodes {
          seriesInstanceUID modality seriesNumber seriesDescription seriesDate seriesTime bodyPartExamined laterality
          protocolName manufacturer manufacturerModelName institutionName numberOfSeriesRelatedInstances
          retrieve { native ${link} metadata ${link} thumbnail ${link} }
          instances {
            totalCount
            nodes {
              __typename sopInstanceUID sopClass { uid name } instanceNumber numberOfFrames rows columns
              retrieve {
                frameCount
                native ${link} metadata ${link} rendered ${link} thumbnail ${link}
                frame(number: 1) { number native ${link} rendered ${link} }
                frameTemplate ${template} renderedFrameTemplate ${template}
              }
            }
          }
        }
      }
    }
  }
}
fragment Group on PersonNameComponents { familyName givenName middleName prefix suffix raw }`;

type Json = null | string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

interface Connection<Node> {
  readonly totalCount: number;
  readonly nodes: readonly Node[];
}
type InstanceNode = { readonly sopInstanceUID: string } & { readonly [key: string]: Json };
type SeriesNode = { readonly seriesInstanceUID: string; readonly instances: Connection<InstanceNode> };
type StudyNode = { readonly studyInstanceUID: string; readonly series: Connection<SeriesNode> };

export interface CoreTree {
  readonly searchStudies: { readonly nodes: readonly StudyNode[] };
}

/** The leaves of the tree by object and field, whatever the order of the lists: `study 1.2.3 patient.patientID`. */
export function factsOf(tree: CoreTree): ReadonlyMap<string, Json> {
  const facts = new Map<string, Json>();
  function add(key: string, value: Json): void {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) facts.set(key, value);
    else
      for (const [field, inner] of Object.entries(value)) add(`${key}${key.endsWith(' ') ? '' : '.'}${field}`, inner);
  }
  for (const { series, ...study } of tree.searchStudies.nodes) {
    const studyUid = study.studyInstanceUID;
    add(`study ${studyUid} `, study);
    add(`study ${studyUid} `, { 'series.totalCount': series.totalCount });
    for (const { instances, ...one } of series.nodes) {
      const seriesUid = one.seriesInstanceUID;
      add(`series ${seriesUid} `, { ...one, study: studyUid });
      add(`series ${seriesUid} `, { 'instances.totalCount': instances.totalCount });
      for (const instance of instances.nodes) {
        add(`instance ${instance.sopInstanceUID} `, { ...instance, series: seriesUid });
      }
    }
  }
  return facts;
}
