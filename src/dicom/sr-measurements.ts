import { isCode } from './code-match.ts';
import type { DataSet } from './data-set.ts';
import { tagOf } from './dictionary.ts';
import {
  type ContentItem,
  type ContentNumber,
  childrenOf,
  conceptOf,
  contentNumberOf,
  contentValueOf,
  valueTypeOf,
} from './sr-content.ts';
import type { Uid } from './uid.ts';

/** One number of a measurement report, with what its group says about it (PS3.16 TID 1500, 1410, 1411, 1501). */
export interface Measurement extends ContentNumber {
  /** The content item. */
  readonly item: ContentItem;
  readonly name: DataSet | null;
  readonly derivation: DataSet | null;
  /** Its own, else that of its group; so are site, laterality and tracking. */
  readonly method: DataSet | null;
  readonly findingSite: DataSet | null;
  readonly laterality: DataSet | null;
  readonly trackingID: string | null;
  readonly trackingUID: Uid | null;
  readonly group: MeasurementGroup | null;
  /** Images, segmentations and coordinates that it was inferred from: its own, else those of its group. */
  readonly references: readonly DataSet[];
}

/** What the measurements of one lesion or region have in common. */
export interface MeasurementGroup {
  /** From 1, in tree order. */
  readonly number: number;
  readonly item: ContentItem;
  readonly trackingID: string | null;
  readonly trackingUID: Uid | null;
  readonly category: DataSet | null;
  readonly finding: DataSet | null;
  readonly findingSite: DataSet | null;
  readonly laterality: DataSet | null;
  readonly method: DataSet | null;
  readonly references: readonly DataSet[];
  /** Codes that are no part of the group's frame: stage, type, response... */
  readonly evaluations: readonly ContentItem[];
}

const measurementReport = ['DCM 126000'];
const measurementGroup = ['DCM 125007'];
/** Imaging Measurements, Derived Imaging Measurements: numbers right below them belong to no group. */
const measurementSections = ['DCM 126010', 'DCM 126011'];
const trackingID = ['DCM 112039'];
const trackingUID = ['DCM 112040'];
const findingCategory = ['SCT 276214006'];
const finding = ['DCM 121071'];
const findingSite = ['SCT 363698007', 'SRT G-C0E3'];
const laterality = ['SCT 272741003', 'SRT G-C171'];
const derivation = ['DCM 121401'];
const method = ['SCT 370129005', 'SRT G-C036'];
const modifiers = [...findingCategory, ...finding, ...findingSite, ...laterality, ...method];

const uid = tagOf('UID');
const relationship = tagOf('RelationshipType');
const mappingResource = tagOf('ContentTemplateSequence');
const templateIdentifier = tagOf('TemplateIdentifier');

/** Whether a report is one of TID 1500: by its template or, where that is not told, by its title. */
export function isMeasurementReport(root: DataSet): boolean {
  const [template] = root.items(mappingResource);
  const title = conceptOf({ depth: 0, path: '1', dataSet: root, parent: null });
  return template?.text(templateIdentifier) === '1500' || isCode(title, measurementReport);
}

/**
 * The measurements of a report, in tree order: the numbers that measurement groups contain, and those right below the
 * sections of measurements.
 *
 * @param content - Every item of the report, in tree order.
 */
export function readMeasurements(content: readonly ContentItem[]): readonly Measurement[] {
  const measurements: Measurement[] = [];
  let groups = 0;
  for (const item of content) {
    if (valueTypeOf(item) !== 'CONTAINER') continue;
    const concept = conceptOf(item);
    const isGroup = isCode(concept, measurementGroup);
    if (!isGroup && !isCode(concept, measurementSections)) continue;
    const children = childrenOf(item);
    if (isGroup) groups++;
    const group = isGroup ? readGroup(item, children, groups) : null;
    for (const child of children) {
      if (valueTypeOf(child) === 'NUM' && isContained(child)) measurements.push(readMeasurement(child, group));
    }
  }
  return measurements;
}

const isContained = ({ dataSet }: ContentItem): boolean => dataSet.text(relationship) === 'CONTAINS';

function readGroup(item: ContentItem, children: readonly ContentItem[], number: number): MeasurementGroup {
  const site = find(children, findingSite);
  return {
    number,
    item,
    trackingID: textOf(find(children, trackingID)),
    trackingUID: uidOf(find(children, trackingUID)),
    category: codeOf(find(children, findingCategory)),
    finding: codeOf(find(children, finding)),
    ...siteOf(site, children),
    method: codeOf(find(children, method)),
    references: referencesOf(children),
    evaluations: children.filter(
      (child) => valueTypeOf(child) === 'CODE' && isContained(child) && !isCode(conceptOf(child), modifiers),
    ),
  };
}

function readMeasurement(item: ContentItem, group: MeasurementGroup | null): Measurement {
  const children = childrenOf(item);
  const own = find(children, findingSite);
  const references = referencesOf(children);
  return {
    item,
    name: conceptOf(item),
    ...contentNumberOf(item.dataSet),
    derivation: codeOf(find(children, derivation)),
    method: codeOf(find(children, method)) ?? group?.method ?? null,
    ...(own || !group ? siteOf(own, children) : { findingSite: group.findingSite, laterality: group.laterality }),
    trackingID: textOf(find(children, trackingID)) ?? group?.trackingID ?? null,
    trackingUID: uidOf(find(children, trackingUID)) ?? group?.trackingUID ?? null,
    group,
    references: references.length > 0 ? references : (group?.references ?? []),
  };
}

/** A site has its laterality below it; older reports put it beside. */
function siteOf(site: ContentItem | undefined, siblings: readonly ContentItem[]) {
  return {
    findingSite: codeOf(site),
    laterality: codeOf((site && find(childrenOf(site), laterality)) ?? find(siblings, laterality)),
  };
}

const find = (items: readonly ContentItem[], keys: readonly string[]): ContentItem | undefined =>
  items.find((item) => isCode(conceptOf(item), keys));

const uidOf = (item: ContentItem | undefined): Uid | null => item?.dataSet.uid(uid) ?? null;

function textOf(item: ContentItem | undefined): string | null {
  const value = item && contentValueOf(item);
  return value?.kind === 'text' ? value.text : null;
}

function codeOf(item: ContentItem | undefined): DataSet | null {
  const value = item && contentValueOf(item);
  return value?.kind === 'code' ? value.code : null;
}

/** What images, composites and regions point at, each object once. */
function referencesOf(items: readonly ContentItem[]): readonly DataSet[] {
  const found: DataSet[] = [];
  for (const item of items) {
    const value = contentValueOf(item);
    if (value?.kind === 'reference' && value.reference) found.push(value.reference);
    if (value?.kind === 'coordinates') found.push(...referencesOf(childrenOf(item)));
  }
  return found;
}
