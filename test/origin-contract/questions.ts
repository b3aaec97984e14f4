/** Questions whose answer depends on what is archived, and not on the archive. */
export interface Question {
  /** With `$o`, the origin. */
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Root lists come in the archive's own order: by UID they compare. */
  readonly isOrdered?: true;
}

const uid = 'studyInstanceUID';
const list = (filter: string): Question => ({
  query: `query($o: ID) { searchStudies(origin: $o, filter: ${filter}, first: 50) { nodes { ${uid} } } }`,
});

export const questions: Readonly<Record<string, Question>> = {
  'the studies': {
    query: `query($o: ID) { searchStudies(origin: $o) { nodes { ${uid} studyDate studyTime studyID accessionNumber studyDescription
      patient { patientID patientBirthDate patientSex patientName { formatted } } referringPhysicianName { formatted } } } }`,
  },
  'their counts': {
    query: `query($o: ID) { searchStudies(origin: $o) { nodes { ${uid} modalitiesInStudy numberOfStudyRelatedSeries
      numberOfStudyRelatedInstances series { nodes { numberOfSeriesRelatedInstances } } } } }`,
  },
  'the tree': {
    query: `query($o: ID) { searchStudies(origin: $o) { nodes { ${uid} series { totalCount nodes { seriesInstanceUID seriesNumber
      modality seriesDescription bodyPartExamined instances { totalCount nodes { sopInstanceUID instanceNumber rows
      sopClass { uid } attribute(path: "SliceLocation") { vr } retrieve { frameCount } } } } } } } }`,
  },
  'the tree of one study': {
    query: `query($o: ID) { study(origin: $o, ${uid}: "1.2.1") { studyDescription modalitiesInStudy numberOfStudyRelatedInstances
      series { nodes { modality numberOfSeriesRelatedInstances instances { nodes { sopInstanceUID columns } } } } } }`,
  },
  'a deep attribute of every instance': {
    query: `query($o: ID) { study(origin: $o, ${uid}: "1.2.1") { instances { nodes { sopInstanceUID
      attribute(path: "RequestAttributesSequence[0].ScheduledProcedureStepID") { ... on TextAttribute { values } } } } } }`,
  },
  'a name': list('{ patientName: { equals: "doe^jane" } }'),
  'the beginning of a name': list('{ patientName: { startsWith: "Doe" } }'),
  'a name beyond ASCII': list('{ patientName: { contains: "MÜLLER" } }'),
  'any of two names': list('{ patientName: { anyOf: ["DOE^JANE", "undated"] } }'),
  'a name with wildcards': list('{ patientName: { wildcard: "*^J?NE" } }'),
  'a patient ID': list('{ patientID: { equals: "abc-2" } }'),
  'a patient ID without letters in it': list('{ patientID: { equals: "1" } }'),
  'a description with a comma': list('{ studyDescription: { equals: "ct chest, contrast" } }'),
  'a part of a description': list('{ studyDescription: { contains: "CHEST" } }'),
  'an accession number': list('{ accessionNumber: { equals: "A100" } }'),
  'a referring physician': list('{ referringPhysicianName: { startsWith: "house" } }'),
  'a range of dates': list('{ studyDate: { from: "2024-01-01", to: "2024-01-02" } }'),
  'a date that is open': list('{ studyDate: { from: "2024-01-02" } }'),
  'one day': list('{ studyDate: { from: "2024-01-03", to: "2024-01-03" } }'),
  'a date of birth': list('{ patientBirthDate: { to: "1975-01-01" } }'),
  'a modality': list('{ modalitiesInStudy: ["sr"] }'),
  'two modalities': list('{ modalitiesInStudy: ["MR", "US"] }'),
  'a list of UIDs': list('{ studyInstanceUIDs: ["1.2.1", "1.2.3", "1.2.9"] }'),
  'two conditions': list('{ patientID: { equals: "abc-3" }, studyDate: { from: "2024-01-01" } }'),
  'nothing that there is': list('{ accessionNumber: { equals: "nothing" } }'),
  'by date': {
    query: `query($o: ID) { searchStudies(origin: $o, orderBy: STUDY_DATE_DESC, first: 10) { nodes { ${uid} studyDate } } }`,
    isOrdered: true,
  },
  'by date, the other way': {
    query: `query($o: ID) { searchStudies(origin: $o, orderBy: STUDY_DATE_ASC, first: 3) { nodes { ${uid} studyDate } } }`,
    isOrdered: true,
  },
  'a series of a study': {
    query: `query($o: ID) { series(origin: $o, seriesInstanceUID: "1.2.3.2", ${uid}: "1.2.3") { modality seriesNumber
      numberOfSeriesRelatedInstances instances { nodes { sopInstanceUID rows } } study { studyDescription } } }`,
  },
  'a series that there is not': {
    query: `query($o: ID) { series(origin: $o, seriesInstanceUID: "1.2.9.9", ${uid}: "1.2.3") { modality } }`,
  },
  'an instance of a series': {
    query: `query($o: ID) { instance(origin: $o, sopInstanceUID: "1.2.1.1.2", seriesInstanceUID: "1.2.1.1", ${uid}: "1.2.1") {
      instanceNumber rows series { modality } study { patient { patientID } } } }`,
  },
  'a study that there is not': { query: `query($o: ID) { study(origin: $o, ${uid}: "1.2.99") { studyDate } }` },
  'a list below, with a filter': {
    query: `query($o: ID) { study(origin: $o, ${uid}: "1.2.1") { series(filter: { modality: ["CT"] }) { totalCount nodes {
      instances(filter: { instanceNumber: 2 }) { nodes { sopInstanceUID } } } } } }`,
  },
  'series of the archive': {
    query: `query($o: ID) { searchSeries(origin: $o, filter: { modality: ["MR"] }, study: { patientID: { equals: "abc-3" } }) {
      nodes { seriesInstanceUID } } }`,
  },
  'instances of a study': {
    query: `query($o: ID) { searchInstances(origin: $o, study: { studyInstanceUIDs: ["1.2.1"] }, filter: { instanceNumber: 1 }) {
      nodes { sopInstanceUID } } }`,
  },
  'a series without its study': {
    query: 'query($o: ID) { series(origin: $o, seriesInstanceUID: "1.2.3.1") { modality } }',
  },
  statistics: {
    query: `query($o: ID) { studyStatistics(origin: $o, filter: { studyDate: { from: "2024-01-01" } }) { studies exactness } }`,
  },
};
