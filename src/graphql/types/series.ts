import { joinCriteria, parseSeriesFilter, parseStudyFilter } from '../../planner/criterion.ts';
import { readNeed } from '../../planner/need.ts';
import { StudyNode } from '../../planner/nodes.ts';
import { builder } from '../builder.ts';
import { pageArguments } from '../connection.ts';
import { maxNestedPage, maxRootPage, parseFirst } from '../limits.ts';
import { listInstances } from '../lists.ts';
import { searchBelow } from '../search-below.ts';
import { DicomObject } from './dicom-object.ts';
import { InstanceFilter, SeriesFilter, StudyFilter } from './filters.ts';
import { SeriesRetrieve } from './group-retrieve.ts';
import { InstanceConnection } from './instance-connection.ts';
import { NodeInterface } from './node.ts';
import { SeriesConnection, SeriesRef } from './series-connection.ts';
import { StudyRef } from './study-connection.ts';

export const Series = SeriesRef.implement({
  description: 'One series: the instances of one acquisition or one result, of one modality.',
  interfaces: [NodeInterface, DicomObject],
  fields: (t) => ({
    study: t.field({
      type: StudyRef,
      nullable: false,
      description: 'The study that it belongs to.',
      extensions: { dicom: { enters: 'study' } },
      resolve: ({ loaders, study, row }) => new StudyNode(loaders, study, row),
    }),
    seriesInstanceUID: t.field({
      type: 'UID',
      nullable: false,
      description: 'Series Instance UID (0020,000E).',
      resolve: ({ series }) => series,
    }),
    modality: t.attribute('Modality'),
    seriesNumber: t.attribute('SeriesNumber'),
    seriesDescription: t.attribute('SeriesDescription'),
    seriesDate: t.attribute('SeriesDate'),
    seriesTime: t.attribute('SeriesTime'),
    bodyPartExamined: t.attribute('BodyPartExamined'),
    laterality: t.attribute('Laterality', { description: 'R or L, of a paired body part.' }),
    protocolName: t.attribute('ProtocolName'),
    manufacturer: t.attribute('Manufacturer'),
    manufacturerModelName: t.attribute('ManufacturerModelName'),
    institutionName: t.attribute('InstitutionName'),
    numberOfSeriesRelatedInstances: t.attribute('NumberOfSeriesRelatedInstances', {
      description: 'Null: the origin does not count.',
    }),
    instances: t.field({
      type: InstanceConnection,
      description: 'By Instance Number, then UID.',
      args: {
        filter: t.arg({ type: InstanceFilter, description: 'Checked on the rows.' }),
        ...pageArguments(t, 1000, maxNestedPage),
      },
      extensions: { dicom: listInstances.declaration },
      resolve: (series, args, _context, info) => listInstances.resolve(series, args, info),
    }),
    retrieve: t.field({
      type: SeriesRetrieve,
      nullable: false,
      description: 'Signed URLs. Minting costs no origin request.',
      resolve: (series) => series,
    }),
  }),
});

builder.queryFields((t) => ({
  series: t.field({
    type: Series,
    scope: 'search',
    description: 'A series by its UID. Null: the origin has none.',
    args: {
      seriesInstanceUID: t.arg({ type: 'UID', required: true, description: 'Series Instance UID (0020,000E).' }),
      studyInstanceUID: t.arg({
        type: 'UID',
        description: 'Give it where you know it: an origin without search at its root needs it (STUDY_UID_REQUIRED).',
      }),
      origin: t.arg.id({ description: 'Of `origins`; the first where absent.' }),
    },
    resolve: (_root, { seriesInstanceUID, studyInstanceUID, origin }, context, info) =>
      context.loaders(origin).singleSeries(seriesInstanceUID, studyInstanceUID ?? null, readNeed(info, 'series')),
  }),
  searchSeries: t.field({
    type: SeriesConnection,
    scope: 'search',
    description: 'Series that match, of studies that match, in the order of the origin.',
    args: {
      filter: t.arg({ type: SeriesFilter, description: 'Absent: every series.' }),
      study: t.arg({ type: StudyFilter, description: 'What their studies must match.' }),
      ...pageArguments(t, 25, maxRootPage),
      origin: t.arg.id({ description: 'Of `origins`; the first where absent.' }),
    },
    resolve: (_root, { filter, study, first, after, origin }, context, info) => {
      const loaders = context.loaders(origin);
      const need = readNeed(info, 'series');
      const criteria = joinCriteria(parseStudyFilter(study, 'study'), parseSeriesFilter(filter));
      const page = { first: parseFirst(first, maxRootPage, 25), after: after ?? null, question: [filter, study] };
      return searchBelow(loaders, { level: 'series', criteria, need, ...page }, (row) =>
        loaders.seriesOfRow(row, need),
      );
    },
  }),
}));
