import { tagOf } from '../../dicom/dictionary.ts';
import { joinCriteria, parseInstanceFilter, parseSeriesFilter, parseStudyFilter } from '../../planner/criterion.ts';
import { readNeed } from '../../planner/need.ts';
import { SeriesNode, StudyNode } from '../../planner/nodes.ts';
import { builder } from '../builder.ts';
import { pageArguments } from '../connection.ts';
import { maxRootPage, parseFirst } from '../limits.ts';
import { searchBelow } from '../search-below.ts';
import { DicomObject } from './dicom-object.ts';
import { InstanceFilter, SeriesFilter, StudyFilter } from './filters.ts';
import { InstanceConnection, InstanceRef } from './instance-connection.ts';
import { InstanceRetrieve } from './instance-retrieve.ts';
import { instanceTypeOf, NodeInterface } from './node.ts';
import { SeriesRef } from './series-connection.ts';
import { SOPClass } from './sop-class.ts';
import { StudyRef } from './study-connection.ts';

const sopClassUID = tagOf('SOPClassUID');

export const Instance = InstanceRef.implement({
  description:
    'One SOP Instance: an image, a report, a segmentation... Concrete types follow the SOP Class, never the modality; OtherInstance is every SOP Class without a type of its own.',
  interfaces: [NodeInterface, DicomObject],
  resolveType: instanceTypeOf,
  fields: (t) => ({
    series: t.field({
      type: SeriesRef,
      nullable: false,
      description: 'Its series.',
      extensions: { dicom: { enters: 'series' } },
      resolve: ({ loaders, study, series, row }) => new SeriesNode(loaders, { study, series }, row),
    }),
    study: t.field({
      type: StudyRef,
      nullable: false,
      description: 'Its study.',
      extensions: { dicom: { enters: 'study' } },
      resolve: ({ loaders, study, row }) => new StudyNode(loaders, study, row),
    }),
    sopInstanceUID: t.field({
      type: 'UID',
      nullable: false,
      description: 'SOP Instance UID (0008,0018).',
      resolve: ({ instance }) => instance,
    }),
    sopClass: t.field({
      type: SOPClass,
      description: 'SOP Class (0008,0016).',
      extensions: { dicom: { reads: [sopClassUID] } },
      resolve: async (node) => {
        const uid = (await node.read(sopClassUID)).uid(sopClassUID);
        return uid === null ? null : { uid };
      },
    }),
    instanceNumber: t.attribute('InstanceNumber'),
    numberOfFrames: t.attribute('NumberOfFrames', { description: 'As stored.' }),
    rows: t.attribute('Rows'),
    columns: t.attribute('Columns'),
    retrieve: t.field({
      type: InstanceRetrieve,
      nullable: false,
      description: 'Signed URLs.',
      resolve: (instance) => instance,
    }),
  }),
});

const originArgument = 'Of `origins`; the first where absent.';

builder.queryFields((t) => ({
  instance: t.field({
    type: Instance,
    scope: 'search',
    description: 'An instance by its UID. Null: the origin has none.',
    args: {
      sopInstanceUID: t.arg({ type: 'UID', required: true, description: 'SOP Instance UID (0008,0018).' }),
      seriesInstanceUID: t.arg({ type: 'UID', description: 'Series Instance UID (0020,000E), where you know it.' }),
      studyInstanceUID: t.arg({
        type: 'UID',
        description: 'Give it where you know it: an origin without search at its root needs it (STUDY_UID_REQUIRED).',
      }),
      origin: t.arg.id({ description: originArgument }),
    },
    resolve: (_root, { sopInstanceUID, seriesInstanceUID, studyInstanceUID, origin }, context, info) =>
      context
        .loaders(origin)
        .singleInstance(
          sopInstanceUID,
          seriesInstanceUID ?? null,
          studyInstanceUID ?? null,
          readNeed(info, 'instance'),
        ),
  }),
  searchInstances: t.field({
    type: InstanceConnection,
    scope: 'search',
    description: 'Instances that match, of series and studies that match, in the order of the origin.',
    args: {
      filter: t.arg({ type: InstanceFilter, description: 'Absent: every instance.' }),
      series: t.arg({ type: SeriesFilter, description: 'What their series must match.' }),
      study: t.arg({ type: StudyFilter, description: 'What their studies must match.' }),
      ...pageArguments(t, 25, maxRootPage),
      origin: t.arg.id({ description: originArgument }),
    },
    resolve: (_root, { filter, series, study, first, after, origin }, context, info) => {
      const loaders = context.loaders(origin);
      const need = readNeed(info, 'instance');
      const criteria = joinCriteria(
        parseStudyFilter(study, 'study'),
        parseSeriesFilter(series, 'series'),
        parseInstanceFilter(filter),
      );
      const question = [filter, series, study];
      const page = { first: parseFirst(first, maxRootPage, 25), after: after ?? null, question };
      return searchBelow(loaders, { level: 'instance', criteria, need, ...page }, (row) => loaders.instanceOfRow(row));
    },
  }),
}));
