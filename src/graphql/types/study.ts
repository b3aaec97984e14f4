import { readNeed } from '../../planner/need.ts';
import { builder } from '../builder.ts';
import { pageArguments } from '../connection.ts';
import { maxNestedPage, maxRootPage, parseFirst } from '../limits.ts';
import { listInstances, listSeries } from '../lists.ts';
import { PatientNode } from '../patient-node.ts';
import { searchStudies } from '../search-studies.ts';
import { DicomObject } from './dicom-object.ts';
import { InstanceFilter, SeriesFilter, StudyFilter, StudyOrder } from './filters.ts';
import { StudyRetrieve } from './group-retrieve.ts';
import { InstanceConnection } from './instance-connection.ts';
import { NodeInterface } from './node.ts';
import { Origin } from './origin.ts';
import { Patient } from './patient.ts';
import { SeriesConnection } from './series-connection.ts';
import { StudyConnection, StudyRef } from './study-connection.ts';

export const Study = StudyRef.implement({
  description: 'One imaging study: the series made for one request.',
  interfaces: [NodeInterface, DicomObject],
  fields: (t) => ({
    origin: t.field({
      type: Origin,
      nullable: false,
      description: 'The archive that told of it.',
      resolve: ({ loaders }) => loaders.origin,
    }),
    studyInstanceUID: t.field({
      type: 'UID',
      nullable: false,
      description: 'Study Instance UID (0020,000D).',
      resolve: ({ study }) => study,
    }),
    studyID: t.attribute('StudyID'),
    studyDate: t.attribute('StudyDate'),
    studyTime: t.attribute('StudyTime'),
    studyDescription: t.attribute('StudyDescription'),
    accessionNumber: t.attribute('AccessionNumber'),
    modalitiesInStudy: t.attribute('ModalitiesInStudy', { description: 'Every modality once.' }),
    referringPhysicianName: t.attribute('ReferringPhysicianName'),
    numberOfStudyRelatedSeries: t.attribute('NumberOfStudyRelatedSeries', {
      description: 'Null: the origin does not count.',
    }),
    numberOfStudyRelatedInstances: t.attribute('NumberOfStudyRelatedInstances', {
      description: 'Null: the origin does not count.',
    }),
    patient: t.field({
      type: Patient,
      nullable: false,
      description: 'The patient, as this study records it.',
      resolve: (study) => new PatientNode(study),
    }),
    series: t.field({
      type: SeriesConnection,
      description: 'By Series Number, then UID. One origin search serves every study of the query.',
      args: {
        filter: t.arg({ type: SeriesFilter, description: 'Checked on the rows.' }),
        ...pageArguments(t, 1000, maxNestedPage),
      },
      extensions: { dicom: listSeries.declaration },
      resolve: (study, args, _context, info) => listSeries.resolve(study, args, info),
    }),
    instances: t.field({
      type: InstanceConnection,
      description: 'Of all its series, by Instance Number, then UID.',
      args: {
        filter: t.arg({ type: InstanceFilter, description: 'Checked on the rows.' }),
        ...pageArguments(t, 1000, maxNestedPage),
      },
      extensions: { dicom: listInstances.declaration },
      resolve: (study, args, _context, info) => listInstances.resolve(study, args, info),
    }),
    retrieve: t.field({
      type: StudyRetrieve,
      nullable: false,
      description: 'Signed URLs. Minting costs no origin request.',
      resolve: (study) => study,
    }),
  }),
});

builder.queryFields((t) => ({
  study: t.field({
    type: Study,
    scope: 'search',
    description: 'A study by its UID. Null: the origin has none.',
    args: {
      studyInstanceUID: t.arg({ type: 'UID', required: true, description: 'Study Instance UID (0020,000D).' }),
      origin: t.arg.id({ description: 'Of `origins`; the first where absent.' }),
    },
    resolve: (_root, { studyInstanceUID, origin }, context, info) =>
      context.loaders(origin).study(studyInstanceUID, readNeed(info, 'study')),
  }),
  searchStudies: t.field({
    type: StudyConnection,
    scope: 'search',
    description: 'Studies that match. The order is the origin’s own, unless `orderBy` asks for one.',
    args: {
      filter: t.arg({ type: StudyFilter, description: 'Absent: every study.' }),
      orderBy: t.arg({ type: StudyOrder, description: 'Absent: the order of the origin.' }),
      ...pageArguments(t, 25, maxRootPage),
      origin: t.arg.id({ description: 'Of `origins`; the first where absent.' }),
    },
    resolve: (_root, { filter, orderBy, first, after, origin }, context, info) => {
      const page = { first: parseFirst(first, maxRootPage, 25), after: after ?? null };
      return searchStudies(context.loaders(origin), { filter, orderBy, ...page }, info);
    },
  }),
}));
