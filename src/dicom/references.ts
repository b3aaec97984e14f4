import type { DataSet } from './data-set.ts';
import { tagOf } from './dictionary.ts';
import type { Tag } from './tag.ts';
import type { Uid } from './uid.ts';

/** Another instance that an instance refers to, with what all its references to it tell together. */
export interface Reference {
  readonly sopInstanceUid: Uid;
  sopClassUid: Uid | null;
  seriesInstanceUid: Uid | null;
  studyInstanceUid: Uid | null;
  readonly frameNumbers: number[];
  readonly segmentNumbers: number[];
  /** Items of code sequences: why it is referred to, each once. */
  readonly purposes: DataSet[];
}

interface Above {
  readonly study: Uid | null;
  readonly series: Uid | null;
  readonly concept: DataSet | null;
}

const referencedSopInstanceUid = tagOf('ReferencedSOPInstanceUID');
const referencedSopClassUid = tagOf('ReferencedSOPClassUID');
const studyInstanceUid = tagOf('StudyInstanceUID');
const seriesInstanceUid = tagOf('SeriesInstanceUID');
const referencedFrameNumber = tagOf('ReferencedFrameNumber');
const referencedSegmentNumber = tagOf('ReferencedSegmentNumber');
const purposeOfReference = tagOf('PurposeOfReferenceCodeSequence');
const conceptName = tagOf('ConceptNameCodeSequence');
const codeValue = tagOf('CodeValue');
/** Of the same study, where no sequence around it says otherwise (PS3.3 §C.12.2). */
const referencedSeries = tagOf('ReferencedSeriesSequence');
/** Its items name their study by what elsewhere names an instance (PS3.3 §C.8.8.5). */
const rtReferencedStudy = tagOf('RTReferencedStudySequence');

/** Patients, studies, visits and procedure steps are referred to as if they were instances: below these SOP Classes. */
const isManagement = (sopClass: Uid | null): boolean => sopClass?.startsWith('1.2.840.10008.3.1.') ?? false;
const managementSequences: ReadonlySet<Tag> = new Set(
  [
    'ReferencedStudySequence',
    'ReferencedPatientSequence',
    'ReferencedVisitSequence',
    'ReferencedPerformedProcedureStepSequence',
  ].map(tagOf),
);

/**
 * Every instance that a data set refers to, wherever in it, in the order of the first references: source images of a
 * segmentation, the evidence of a report, the images of a presentation state, the plan of a dose, localizers.
 *
 * What the sequences around a reference say of its series and study counts for every reference to that instance.
 *
 * @param own - UIDs of the study that the data set is of: a Referenced Series Sequence at its top means that study.
 */
export function referencesIn(dataSet: DataSet, own: Uid | null): readonly Reference[] {
  const found = new Map<Uid, Reference>();
  for (const tag of sequencesOf(dataSet)) {
    const above = { study: tag === referencedSeries ? own : null, series: null, concept: null };
    for (const item of dataSet.items(tag)) walk(item, tag, above, found);
  }
  return [...found.values()];
}

function walk(item: DataSet, sequence: Tag, above: Above, found: Map<Uid, Reference>): void {
  const uid = item.uid(referencedSopInstanceUid);
  const isStudy = sequence === rtReferencedStudy;
  const here: Above = {
    study: item.uid(studyInstanceUid) ?? (isStudy ? uid : null) ?? above.study,
    series: item.uid(seriesInstanceUid) ?? above.series,
    concept: item.items(conceptName)[0] ?? null,
  };
  const sopClass = item.uid(referencedSopClassUid);
  if (uid !== null && !isStudy && !managementSequences.has(sequence) && !isManagement(sopClass)) {
    add(found, uid, item, here, above.concept);
  }
  for (const tag of sequencesOf(item)) {
    for (const below of item.items(tag)) walk(below, tag, here, found);
  }
}

function add(found: Map<Uid, Reference>, uid: Uid, item: DataSet, here: Above, concept: DataSet | null): void {
  const reference = found.get(uid) ?? {
    sopInstanceUid: uid,
    sopClassUid: null,
    seriesInstanceUid: null,
    studyInstanceUid: null,
    frameNumbers: [],
    segmentNumbers: [],
    purposes: [],
  };
  found.set(uid, reference);
  reference.sopClassUid ??= item.uid(referencedSopClassUid);
  reference.seriesInstanceUid ??= here.series;
  reference.studyInstanceUid ??= here.study;
  addNumbers(reference.frameNumbers, item, referencedFrameNumber);
  addNumbers(reference.segmentNumbers, item, referencedSegmentNumber);
  for (const purpose of [...item.items(purposeOfReference), ...(concept ? [concept] : [])]) {
    const value = purpose.text(codeValue);
    if (!reference.purposes.some((known) => known.text(codeValue) === value)) reference.purposes.push(purpose);
  }
}

function addNumbers(numbers: number[], item: DataSet, tag: Tag): void {
  for (const number of item.numbers(tag)) if (number !== null && !numbers.includes(number)) numbers.push(number);
}

/** Sequences as the origin tells them: nothing else is decoded. */
const sequencesOf = (dataSet: DataSet): readonly Tag[] =>
  dataSet.tags().filter((tag) => {
    const element: unknown = dataSet.json[tag];
    return typeof element === 'object' && element !== null && 'vr' in element
      ? element.vr === 'SQ'
      : dataSet.element(tag)?.kind === 'sequence';
  });
