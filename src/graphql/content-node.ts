import type { AttributePath } from '../dicom/attribute-path.ts';
import type { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { type ContentItem, walkContent } from '../dicom/sr-content.ts';
import { FacadeError } from '../errors.ts';
import type { InstanceNode } from '../planner/nodes.ts';
import type { Context } from './context.ts';
import { ItemNode } from './item-node.ts';
import { type ItemReference, referenceOfItem } from './item-reference.ts';

/** Content items of one report; more are refused. The largest dose reports have some ten thousand. */
const maxContentItems = 100_000;

const contentSequence = tagOf('ContentSequence');
/** The content of one report, read once for all fields that ask for it. */
class Report {
  readonly instance: InstanceNode;
  readonly root: DataSet;
  readonly items: readonly ContentItem[];

  constructor(instance: InstanceNode, root: DataSet) {
    this.instance = instance;
    this.root = root;
    this.items = [...walkContent(root, maxContentItems + 1)];
    if (this.items.length > maxContentItems) {
      throw new FacadeError('ROW_BUDGET', `A report has more than ${maxContentItems} content items`, {
        limit: maxContentItems,
      });
    }
  }

  node(item: ContentItem): ContentNode {
    return new ContentNode(item, this);
  }

  /**
   * Items in tree order.
   *
   * @param after - The path of the item before the first; null: from the root.
   * @throws {FacadeError} BAD_USER_INPUT: the report has no item at that path.
   */
  page(size: number, after: string | null): readonly ContentNode[] {
    const before = after === null ? -1 : this.items.findIndex(({ path }) => path === after);
    if (after !== null && before < 0) {
      throw new FacadeError('BAD_USER_INPUT', 'The report has no content item at that path', { argument: 'after' });
    }
    return this.items.slice(before + 1, before + 1 + size).map((item) => this.node(item));
  }

  /** Null: an item that names no instance. */
  reference(item: DataSet): ItemReference | null {
    return referenceOfItem(this.instance, this.root, item);
  }
}

export type { Report };

/** A content item as a source of fields. */
export class ContentNode extends ItemNode {
  readonly content: ContentItem;
  readonly report: Report;

  constructor(content: ContentItem, report: Report) {
    super(content.dataSet, pathOf(content), report.instance);
    this.content = content;
    this.report = report;
  }
}

/** Where an item stands in the data set: 1.2.1 is ContentSequence[1].ContentSequence[0]. */
const pathOf = ({ path }: ContentItem): AttributePath =>
  path
    .split('.')
    .slice(1)
    .map((number) => ({ tag: contentSequence, item: Number(number) - 1 }));

/** By node, which is of one operation: data sets may be shared by several, with other callers and budgets. */
const reports = new WeakMap<InstanceNode, Report>();

/**
 * The content of a report. Costs its metadata. Items nested too deep to be read are missing, with a warning.
 *
 * @throws {FacadeError} ROW_BUDGET: more content items than are read.
 */
export async function readReport(instance: InstanceNode, context: Context): Promise<Report> {
  const root = await instance.metadata();
  const report = reports.get(instance) ?? new Report(instance, root);
  reports.set(instance, report);
  for (const { dataSet } of report.items) {
    const problems = dataSet.element(contentSequence)?.problems ?? [];
    for (const problem of problems) context.warnings.addInvalidValue('ContentSequence', problem);
  }
  return report;
}
