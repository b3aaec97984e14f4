import type { FieldDeclaration } from '../../planner/declaration.ts';
import { readNeed } from '../../planner/need.ts';
import { type Bucket, byModality, byStudyDate, total } from '../../statistics/buckets.ts';
import { statisticsTags } from '../../statistics/counted-study.ts';
import type { ScannedStudies } from '../../statistics/scan-studies.ts';
import { loadStudyStatistics } from '../../statistics/study-statistics.ts';
import { suppressBuckets } from '../../statistics/suppress.ts';
import { builder } from '../builder.ts';
import { StudyFilter } from './filters.ts';

const Exactness = builder.enumType('Exactness', {
  description: 'What a count says of the archive.',
  values: {
    EXACT: { description: 'Every match was counted.' },
    LOWER_BOUND: {
      description: 'There may be more: a budget of the operation or a limit of the origin ended the scan first.',
    },
  },
});

const DateInterval = builder.enumType('DateInterval', {
  description: 'Intervals of the calendar.',
  values: {
    DAY: { description: 'A day.' },
    WEEK: { description: 'A week, which begins on Monday (ISO 8601).' },
    MONTH: { description: 'A month.' },
    YEAR: { description: 'A year.' },
  },
});

const reads = (...names: (keyof typeof statisticsTags)[]): { dicom: FieldDeclaration } => ({
  dicom: { reads: names.map((name) => statisticsTags[name]) },
});

const StatisticsBucket = builder.objectRef<Bucket>('StatisticsBucket').implement({
  description: 'Studies that have something in common.',
  fields: (t) => ({
    key: t.exposeString('key', {
      description: 'What they have in common. Null: the attribute is absent, or not valid.',
    }),
    studies: t.field({
      type: 'Count',
      nullable: false,
      description: 'How many.',
      resolve: ({ studies }) => studies.length,
    }),
    series: t.field({
      type: 'Count',
      description: 'All series of these studies. Null: the origin does not count them.',
      extensions: reads('series'),
      resolve: ({ studies }) => total(studies, 'series'),
    }),
    instances: t.field({
      type: 'Count',
      description: 'All instances of these studies. Null: the origin does not count them.',
      extensions: reads('instances'),
      resolve: ({ studies }) => total(studies, 'instances'),
    }),
  }),
});

const StudyStatistics = builder.objectRef<ScannedStudies>('StudyStatistics').implement({
  description: 'Counts over all studies that match, from a scan of the studies’ rows: no object below them is read.',
  fields: (t) => ({
    studies: t.field({
      type: 'Count',
      nullable: false,
      description: 'Studies that match, by Study Instance UID.',
      resolve: ({ count }) => count,
    }),
    series: t.field({
      type: 'Count',
      description: 'All their series. Null: the origin does not count them.',
      extensions: reads('series'),
      resolve: ({ studies }) => total(studies, 'series'),
    }),
    instances: t.field({
      type: 'Count',
      description: 'All their instances. Null: the origin does not count them.',
      extensions: reads('instances'),
      resolve: ({ studies }) => total(studies, 'instances'),
    }),
    exactness: t.expose('exactness', {
      type: Exactness,
      nullable: false,
      description: 'Whether these are all of them.',
    }),
    scanned: t.field({
      type: 'Count',
      nullable: false,
      description: 'Rows looked at: those that the origin gave, matches or not.',
      // It counts what the origin made of the filter, and with the matches what it gave beside them.
      resolve: ({ scanned, count }, _args, { suppression }) => {
        for (const few of [scanned, Math.abs(scanned - count)]) suppression?.requireEnough(few);
        return scanned;
      },
    }),
    asOf: t.expose('asOf', { type: 'DateTime', nullable: false, description: 'When the scan began.' }),
    suppressedBelow: t.int({
      description: 'Buckets with fewer studies than this are withheld; null: none are.',
      resolve: (_statistics, _args, { suppression }) => suppression?.below ?? null,
    }),
    byModality: t.field({
      type: [StatisticsBucket],
      description:
        'By Modalities in Study (0008,0061): a study counts once for each of its modalities. By key, null last. Null: the origin does not tell the modalities of studies.',
      extensions: reads('modalities'),
      resolve: ({ studies }, _args, { suppression }) => {
        const buckets = byModality(studies);
        return buckets && suppression ? suppressBuckets(buckets, suppression.below) : buckets;
      },
    }),
    byStudyDate: t.field({
      type: [StatisticsBucket],
      description:
        'By Study Date (0008,0020). Keys are the interval’s first day, as 2026-11-22; weeks begin on Monday. In order, null last; intervals without a study are left out.',
      args: { interval: t.arg({ type: DateInterval, required: true, description: 'How wide a bucket is.' }) },
      extensions: reads('date'),
      resolve: ({ studies }, { interval }) => byStudyDate(studies, interval),
    }),
  }),
});

builder.queryField('studyStatistics', (t) =>
  t.field({
    type: StudyStatistics,
    scope: 'statistics',
    description:
      'Counts and histograms of studies. Fields and aliases of one filter share one scan; it reads only what they select, within the bounds of the operation.',
    args: {
      filter: t.arg({ type: StudyFilter, description: 'Absent: every study.' }),
      origin: t.arg.id({ description: 'Of `origins`; the first where absent.' }),
    },
    resolve: async (_root, { filter, origin }, context, info) => {
      context.suppression?.ask();
      const found = await loadStudyStatistics(context.loaders(origin), {
        filter,
        tags: readNeed(info, 'study').tags.study,
        onInvalidValue: (keyword, problem) => context.warnings.addInvalidValue(keyword, problem),
      });
      context.suppression?.requireEnough(found.count);
      return found;
    },
  }),
);
