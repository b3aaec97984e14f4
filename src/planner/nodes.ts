import type { AttributePath } from '../dicom/attribute-path.ts';
import { DataSet, type Element } from '../dicom/data-set.ts';
import { entryOfTag, tagOf } from '../dicom/dictionary.ts';
import type { Tag } from '../dicom/tag.ts';
import type { Uid } from '../dicom/uid.ts';
import type { Level } from '../origin/search.ts';
import type { Loaders } from './loaders.ts';
import type { Need } from './need.ts';
import { answers, type Row } from './row.ts';

/** The instances of a study, from one search, by their series. */
export type StudyTree = ReadonlyMap<Uid, readonly Row[]>;

const numberOfStudyRelatedSeries = tagOf('NumberOfStudyRelatedSeries');
const numberOfStudyRelatedInstances = tagOf('NumberOfStudyRelatedInstances');
const modalitiesInStudy = tagOf('ModalitiesInStudy');
const numberOfSeriesRelatedInstances = tagOf('NumberOfSeriesRelatedInstances');
const modality = tagOf('Modality');

/**
 * An object of the graph: its keys, the row that it was met in, and where to get what the row does not settle.
 *
 * Reading an attribute gives a data set that settles it, at once where the row does: a promise a field would cost more
 * than the field.
 */
interface DicomNode {
  readonly level: Level;
  readonly loaders: Loaders;
  readonly study: Uid;
  read(tag: Tag): DataSet | Promise<DataSet>;
}

export type AnyNode = StudyNode | SeriesNode | InstanceNode;

/** The element at a path, or undefined where the object has none. */
export async function readPath(node: DicomNode, path: AttributePath): Promise<Element | undefined> {
  const [top] = path;
  if (top === undefined) return undefined;
  return (await node.read(top.tag)).at(path);
}

export class StudyNode implements DicomNode {
  readonly level = 'study';
  readonly loaders: Loaders;
  readonly study: Uid;
  /** What the query asks of this study and below it: its lists are loaded for all of that at once. */
  readonly need: Need | null;
  /** All of its series, where they were loaded before it. */
  readonly series: readonly SeriesNode[] | null;
  readonly #row: Row | null;

  constructor(
    loaders: Loaders,
    study: Uid,
    row: Row | null,
    need: Need | null = null,
    series: readonly SeriesNode[] | null = null,
  ) {
    this.loaders = loaders;
    this.study = study;
    this.need = need;
    this.series = series;
    this.#row = row;
  }

  read(tag: Tag): DataSet | Promise<DataSet> {
    if (this.#row && answers(this.#row, tag)) return this.#row.dataSet;
    const counted = this.series && countSeries(this.series, tag);
    if (counted) return counted;
    return told(this.loaders, tag, this.loaders.attributeOf(this, tag));
  }

  /** No row of its own was searched for: what is below it is to tell of it too. */
  get isBare(): boolean {
    return this.#row === null;
  }

  /** Rows to expect below it, where its row tells: bounds the searches that are planned for several studies. */
  get expectedInstances(): number | null {
    return this.#row?.dataSet.integer(numberOfStudyRelatedInstances) ?? null;
  }
}

export class SeriesNode implements DicomNode {
  readonly level = 'series';
  readonly loaders: Loaders;
  readonly study: Uid;
  readonly series: Uid;
  readonly need: Need | null;
  readonly #row: Row | null;
  /** All rows of its instances, where one search has brought them with the series. */
  readonly instances: readonly Row[] | null;

  constructor(
    loaders: Loaders,
    keys: { study: Uid; series: Uid },
    row: Row | null,
    need: Need | null = null,
    instances: readonly Row[] | null = null,
  ) {
    this.loaders = loaders;
    this.study = keys.study;
    this.series = keys.series;
    this.need = need;
    this.#row = row;
    this.instances = instances;
  }

  read(tag: Tag): DataSet | Promise<DataSet> {
    if (this.#row && answers(this.#row, tag)) return this.#row.dataSet;
    if (this.instances && tag === numberOfSeriesRelatedInstances) return counts({ [tag]: this.instances.length });
    return told(this.loaders, tag, this.loaders.attributeOf(this, tag));
  }

  get expectedInstances(): number | null {
    return this.instances?.length ?? this.#row?.dataSet.integer(numberOfSeriesRelatedInstances) ?? null;
  }

  get row(): Row | null {
    return this.#row;
  }
}

export class InstanceNode implements DicomNode {
  readonly level = 'instance';
  readonly loaders: Loaders;
  readonly study: Uid;
  readonly series: Uid;
  readonly instance: Uid;
  /** Instances of its series; null: not known. */
  readonly seriesSize: number | null;
  readonly row: Row | null;

  constructor(
    loaders: Loaders,
    keys: { study: Uid; series: Uid; instance: Uid },
    row: Row | null,
    seriesSize: number | null = null,
  ) {
    this.loaders = loaders;
    this.study = keys.study;
    this.series = keys.series;
    this.instance = keys.instance;
    this.row = row;
    this.seriesSize = seriesSize;
  }

  read(tag: Tag): DataSet | Promise<DataSet> {
    const isTold = this.row && answers(this.row, tag);
    if (isTold && !this.row?.metadataOf) return this.row.dataSet;
    return told(this.loaders, tag, isTold ? this.row.dataSet : this.metadata());
  }

  /** Everything the origin tells of it but bulk data: WADO-RS metadata, PS3.18 §10.4.1.1.2. */
  metadata(): Promise<DataSet> {
    return this.loaders.metadata(this);
  }
}

/** Metadata as it is; where the origin may have left an attribute out, that is told. */
function told(loaders: Loaders, tag: Tag, metadata: DataSet | Promise<DataSet>): DataSet | Promise<DataSet> {
  const { metadataOmits } = loaders.origin.capabilities;
  if (metadataOmits.length === 0) return metadata;
  const entry = entryOfTag(tag);
  if (!(entry?.vr ?? ['UN']).some((vr) => metadataOmits.includes(vr))) return metadata;
  const check = (dataSet: DataSet): DataSet => {
    if (!dataSet.has(tag)) {
      const message = 'The origin may leave this out of metadata';
      loaders.runner.note('METADATA_INCOMPLETE', entry?.keyword ?? tag, message);
    }
    return dataSet;
  };
  return metadata instanceof Promise ? metadata.then(check) : check(metadata);
}

/** What a search of studies would have counted, counted on all its series. Null: not a count, or not to be had so. */
function countSeries(series: readonly SeriesNode[], tag: Tag): DataSet | null {
  if (tag === numberOfStudyRelatedSeries) return counts({ [tag]: series.length });
  if (tag === numberOfStudyRelatedInstances) {
    if (!series.every(({ instances }) => instances)) return null;
    return counts({ [tag]: series.reduce((sum, { instances }) => sum + (instances?.length ?? 0), 0) });
  }
  if (tag !== modalitiesInStudy) return null;
  const rows = series.flatMap(({ row }) => (row && answers(row, modality) ? [row] : []));
  if (rows.length < series.length) return null;
  const modalities = new Set(rows.flatMap((row) => row.dataSet.text(modality) ?? []));
  return DataSet.parse({ [tag]: { vr: 'CS', Value: [...modalities].sort() } });
}

const counts = (values: Readonly<Record<string, number>>): DataSet =>
  DataSet.parse(Object.fromEntries(Object.entries(values).map(([tag, count]) => [tag, { vr: 'IS', Value: [count] }])));
