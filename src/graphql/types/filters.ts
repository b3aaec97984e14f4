import { builder } from '../builder.ts';

const lists = 'At most 400; an empty list matches nothing.';

export const TextMatch = builder.inputType('TextMatch', {
  isOneOf: true,
  description:
    'Case-insensitive. DICOM has no way to escape * and ?: a literal one is refused, except in wildcard. anyOf: at most 400.',
  fields: (t) => ({
    equals: t.string({ description: 'The whole value; of a person name, one of its groups.' }),
    startsWith: t.string({ description: 'The beginning of the value.' }),
    contains: t.string({ description: 'A part of the value.' }),
    wildcard: t.string({ description: '* for any characters, ? for one (PS3.4 C.2.2.2.4).' }),
    anyOf: t.stringList({ description: `One of these whole values. ${lists}` }),
  }),
});

export const DateRange = builder.inputType('DateRange', {
  description: 'Inclusive; either end may be left open.',
  fields: (t) => ({
    from: t.field({ type: 'Date', description: 'First day.' }),
    to: t.field({ type: 'Date', description: 'Last day.' }),
  }),
});

export const ValueMatch = builder.inputType('ValueMatch', {
  isOneOf: true,
  description: 'How to match a value, by its kind.',
  fields: (t) => ({
    text: t.field({ type: TextMatch, description: 'Texts, codes and person names.' }),
    dates: t.field({ type: DateRange, description: 'DA, and the day of DT.' }),
    uids: t.field({ type: ['UID'], description: `One of these UIDs. ${lists}` }),
  }),
});

export const AttributeMatch = builder.inputType('AttributeMatch', {
  description: 'A match on any attribute of the level or above it. Private attributes are FILTER_UNSUPPORTED.',
  fields: (t) => ({
    path: t.string({
      required: true,
      description:
        'Keywords or tags joined by dots, into any item: RequestAttributesSequence.ScheduledProcedureStepID.',
    }),
    match: t.field({ type: ValueMatch, required: true, description: 'What the value must be.' }),
  }),
});

const all = 'All fields must match. An empty list matches nothing; null is the same as absent. Lists hold at most 400.';

export const StudyFilter = builder.inputType('StudyFilter', {
  description: all,
  fields: (t) => ({
    studyInstanceUIDs: t.field({ type: ['UID'], description: `Study Instance UID (0020,000D). ${lists}` }),
    patientID: t.field({ type: TextMatch, description: 'Patient ID (0010,0020).' }),
    patientName: t.field({
      type: TextMatch,
      description: "Patient's Name (0010,0010), in any of its groups: Doe^John.",
    }),
    patientBirthDate: t.field({ type: DateRange, description: "Patient's Birth Date (0010,0030)." }),
    studyDate: t.field({ type: DateRange, description: 'Study Date (0008,0020). Undated studies do not match.' }),
    accessionNumber: t.field({ type: TextMatch, description: 'Accession Number (0008,0050).' }),
    studyID: t.field({ type: TextMatch, description: 'Study ID (0020,0010).' }),
    studyDescription: t.field({ type: TextMatch, description: 'Study Description (0008,1030).' }),
    referringPhysicianName: t.field({ type: TextMatch, description: "Referring Physician's Name (0008,0090)." }),
    modalitiesInStudy: t.stringList({ description: `Modalities in Study (0008,0061): any of these, as CT. ${lists}` }),
    fuzzy: t.boolean({
      description: 'Let the origin match names in its own fuzzy way; FUZZY_UNSUPPORTED where it cannot.',
    }),
    attributes: t.field({ type: [AttributeMatch], description: 'Any other attributes of the patient and the study.' }),
  }),
});

export const SeriesFilter = builder.inputType('SeriesFilter', {
  description: all,
  fields: (t) => ({
    seriesInstanceUIDs: t.field({ type: ['UID'], description: `Series Instance UID (0020,000E). ${lists}` }),
    modality: t.stringList({ description: `Modality (0008,0060): any of these, as CT. ${lists}` }),
    seriesNumber: t.int({ description: 'Series Number (0020,0011).' }),
    seriesDescription: t.field({ type: TextMatch, description: 'Series Description (0008,103E).' }),
    bodyPartExamined: t.field({ type: TextMatch, description: 'Body Part Examined (0018,0015).' }),
    attributes: t.field({ type: [AttributeMatch], description: 'Any other attributes of the series and above.' }),
  }),
});

export const InstanceFilter = builder.inputType('InstanceFilter', {
  description: all,
  fields: (t) => ({
    sopInstanceUIDs: t.field({ type: ['UID'], description: `SOP Instance UID (0008,0018). ${lists}` }),
    sopClassUIDs: t.field({ type: ['UID'], description: `SOP Class UID (0008,0016): any of these. ${lists}` }),
    instanceNumber: t.int({ description: 'Instance Number (0020,0013).' }),
    attributes: t.field({ type: [AttributeMatch], description: 'Any other attributes of the instance and above.' }),
  }),
});

export const StudyOrder = builder.enumType('StudyOrder', {
  description:
    'Undated studies come last. Done by the origin where it can, else by slices of StudyDate; never by sorting a page.',
  values: {
    STUDY_DATE_DESC: { description: 'Newest first.' },
    STUDY_DATE_ASC: { description: 'Oldest first.' },
  },
});
