import type { GraphQLResolveInfo } from 'graphql';
import { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import type { Tag } from '../dicom/tag.ts';
import { type Criteria, meets, parseInstanceFilter, parseSeriesFilter } from '../planner/criterion.ts';
import type { FieldDeclaration } from '../planner/declaration.ts';
import type { InstanceFilter, SeriesFilter } from '../planner/filter-input.ts';
import { readNeed } from '../planner/need.ts';
import { type InstanceNode, SeriesNode, type StudyNode } from '../planner/nodes.ts';
import { type ConnectionModel, pageOfAll } from './connection.ts';
import { maxNestedPage, parseFirst } from './limits.ts';

interface ListArguments<Filter> {
  readonly filter?: Filter | null | undefined;
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

const seriesNumber = tagOf('SeriesNumber');
const instanceNumber = tagOf('InstanceNumber');

/** What a filter reads of the rows, with what they are ordered by; a filter that is wrong is told by its resolver. */
function tagsOf(parse: () => Criteria, order: Tag): readonly Tag[] {
  try {
    return [order, ...parse().all.map(({ tag }) => tag)];
  } catch {
    return [order];
  }
}

/** The lists below an object: complete, checked against the filter, by Number, then UID. */
export const listSeries = {
  declaration: {
    enters: 'seriesList',
    matches: ({ filter }) => tagsOf(() => parseSeriesFilter(filter as SeriesFilter | null), seriesNumber),
  } satisfies FieldDeclaration,

  async resolve(
    study: StudyNode,
    { filter, first, after }: ListArguments<SeriesFilter>,
    info: GraphQLResolveInfo,
  ): Promise<ConnectionModel<SeriesNode>> {
    const size = parseFirst(first, maxNestedPage, 1000);
    const criteria = parseSeriesFilter(filter);
    const question = ['series', study.loaders.origin.id, study.study, filter ?? null];
    const all = criteria.never ? [] : await study.loaders.seriesOfStudy(study, readNeed(info, 'series'));
    return pageOfAll(
      await sortAndFilter(all, criteria, seriesNumber, ({ series }) => series),
      question,
      size,
      after ?? null,
    );
  },
};

export const listInstances = {
  declaration: {
    enters: 'instanceList',
    matches: ({ filter }) => tagsOf(() => parseInstanceFilter(filter as InstanceFilter | null), instanceNumber),
  } satisfies FieldDeclaration,

  async resolve(
    parent: StudyNode | SeriesNode,
    { filter, first, after }: ListArguments<InstanceFilter>,
    info: GraphQLResolveInfo,
  ): Promise<ConnectionModel<InstanceNode>> {
    const size = parseFirst(first, maxNestedPage, 1000);
    const criteria = parseInstanceFilter(filter);
    const { loaders } = parent;
    const isSeries = parent instanceof SeriesNode;
    const question = ['instances', loaders.origin.id, parent.study, isSeries ? parent.series : null, filter ?? null];
    const need = readNeed(info, 'instance');
    const load = async (): Promise<readonly InstanceNode[]> => {
      const rows = isSeries
        ? await loaders.instancesOfSeries(parent, need)
        : await loaders.instancesOfStudy(parent, need);
      return rows.map((row) => loaders.instanceOfRow(row, isSeries ? rows.length : null));
    };
    const all = criteria.never ? [] : await load();
    const sorted = await sortAndFilter(all, criteria, instanceNumber, ({ instance }) => instance);
    return pageOfAll(sorted, question, size, after ?? null);
  },
};

/** Reads at once what rows tell: a promise for each of thousands of instances would cost more than the reading. */
async function sortAndFilter<Node extends SeriesNode | InstanceNode>(
  nodes: readonly Node[],
  criteria: Criteria,
  order: Tag,
  uidOf: (node: Node) => string,
): Promise<readonly Node[]> {
  const tags = [order, ...criteria.all.map(({ tag }) => tag)];
  const reads = nodes.map((node) => tags.map((tag) => node.read(tag)));
  const pending = reads.some((read) => read.some((dataSet) => dataSet instanceof Promise));
  const settled = (pending ? await Promise.all(reads.map((read) => Promise.all(read))) : reads) as DataSet[][];
  const keyed = nodes.flatMap((node, index) => {
    const [ordered, ...matched] = settled[index] ?? [];
    const isKept = criteria.all.every((criterion, n) => meets(criterion, matched[n] ?? emptyDataSet) === true);
    return isKept ? [{ node, number: ordered?.integer(order) ?? Number.POSITIVE_INFINITY }] : [];
  });
  return keyed.sort((a, b) => a.number - b.number || (uidOf(a.node) < uidOf(b.node) ? -1 : 1)).map(({ node }) => node);
}

const emptyDataSet = DataSet.parse({});
