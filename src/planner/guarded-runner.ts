import { levelDepth, levelOfAttribute } from '../dicom/attribute-level.ts';
import { DataSet, type Element } from '../dicom/data-set.ts';
import { entryOfTag, tagOf } from '../dicom/dictionary.ts';
import type { Tag } from '../dicom/tag.ts';
import { FacadeError } from '../errors.ts';
import type { Origin } from '../origin/origin.ts';
import { OriginNotFoundError } from '../origin/origin-errors.ts';
import type { Level } from '../origin/search.ts';
import type { Criteria, Criterion } from './criterion.ts';
import { countedTags, type Row } from './row.ts';
import { depthOf, type RowGuard, toldByMetadata } from './row-guard.ts';
import { RowSettler, tagsFor } from './row-settler.ts';
import { type OperationScope, type RowPage, type RowSearch, SearchRunner } from './search-runner.ts';
import type { MatchedSearch } from './sent-match.ts';

/** What counts objects above and below, and by which level they would have to be judged to be counted right. */
const countLevels: readonly (readonly [Tag, Level | 'patient'])[] = [
  [tagOf('NumberOfPatientRelatedStudies'), 'patient'],
  [tagOf('NumberOfPatientRelatedSeries'), 'patient'],
  [tagOf('NumberOfPatientRelatedInstances'), 'patient'],
  [tagOf('ModalitiesInStudy'), 'study'],
  [tagOf('SOPClassesInStudy'), 'study'],
  [tagOf('AnatomicRegionsInStudyCodeSequence'), 'study'],
  [tagOf('NumberOfStudyRelatedSeries'), 'study'],
  [tagOf('NumberOfStudyRelatedInstances'), 'study'],
  [tagOf('NumberOfSeriesRelatedInstances'), 'series'],
];

/** Lists of what is below: a value that something visible has is in the origin's list too. */
const listedTags: ReadonlySet<Tag> = new Set([tagOf('ModalitiesInStudy')]);

/** Values of an attribute that are asked for one by one, and UIDs that are asked for in lists; of more the rows are judged. */
const maxRequiredValues = 8;
const maxRequiredUids = 400;

/**
 * Asks an origin for one operation of a principal that may not see everything. Rows are dropped after they were counted for
 * paging; what the origin counts is taken away where it counts what may not be seen. Caches hold what the origin said.
 */
export class GuardedRunner extends SearchRunner {
  readonly #guard: RowGuard;
  readonly #settler: RowSettler;
  readonly #hidden: ReadonlySet<Tag>;

  constructor(origin: Origin, scope: OperationScope, guard: RowGuard) {
    super(origin, scope);
    this.#guard = guard;
    // Nothing is told of what is looked at to judge by.
    this.#settler = new RowSettler(
      new SearchRunner(origin, { ...scope, onUnnamed: undefined, onNote: undefined }),
      guard,
    );
    const depth = levelDepth[depthOf(guard)];
    this.#hidden = new Set(
      countLevels.flatMap(([tag, level]) => (level === 'patient' || depth > levelDepth[level] ? [tag] : [])),
    );
  }

  override get isGuarded(): boolean {
    return true;
  }

  override hidesCount(tag: Tag): boolean {
    return this.#hidden.has(tag);
  }

  override searchPage(query: RowSearch, limit: number, offset: number): Promise<RowPage> {
    return super.searchPage(
      { ...query, tags: new Set([...query.tags, ...tagsFor(this.#guard, query.level)]) },
      limit,
      offset,
    );
  }

  override async admit(rows: readonly Row[], level: Level): Promise<readonly (Row | null)[]> {
    const verdicts = await this.#settler.judge(rows, level);
    return rows.map((row, index) => (verdicts[index] ? this.#withoutCounts(row) : null));
  }

  override narrow(criteria: Criteria, search: MatchedSearch): Criteria {
    if (this.#guard.tags.size === 0) return { ...criteria, never: true };
    const sent = criteria.all.filter((criterion) => this.#isSent(criterion));
    const added = this.#guard.required.flatMap(({ tag, values }) => requiredCriterion(tag, values, search, criteria));
    return { ...criteria, all: [...sent, ...added] };
  }

  /**
   * Whether the origin is to match a criterion. A number that counts also what may not be seen is left to the check of the
   * rows: the origin would leave out what has another number for it than for the one who asks.
   *
   * @throws {FacadeError} FILTER_UNSUPPORTED: what may not be seen is counted in it, and we do not count it again.
   */
  #isSent({ tag, argument }: Criterion): boolean {
    if (!this.hidesCount(tag)) return true;
    if (countedTags.has(tag)) return listedTags.has(tag);
    throw new FacadeError('FILTER_UNSUPPORTED', 'What may not be seen counts in this attribute: it is not matched', {
      origin: this.origin.id,
      argument,
    });
  }

  override async metadata(ref: Parameters<SearchRunner['metadata']>[0]): Promise<readonly DataSet[]> {
    const dataSets = await super.metadata(ref);
    const visible = dataSets.filter((dataSet) => this.#guard.judge(toldByMetadata(dataSet)) === true);
    if (visible.length > 0) return visible;
    throw new OriginNotFoundError({ origin: this.origin.id, transaction: 'retrieve metadata', status: 404 });
  }

  #withoutCounts(row: Row): Row {
    const { json } = row.dataSet;
    const kept = Object.entries(json).filter(([tag]) => !this.#hidden.has(tag as Tag));
    if (kept.length === Object.keys(json).length) return row;
    return { ...row, dataSet: DataSet.parse(Object.fromEntries(kept)) };
  }
}

/**
 * The attribute as one more that the origin is to match, where its rows then lack none of those that may be seen: single
 * values as they stand, UIDs in lists. Not an attribute that the criteria have: a search matches it once (PS3.18 §8.3.4).
 */
function requiredCriterion(
  tag: Tag,
  values: ReadonlySet<string>,
  search: MatchedSearch,
  { all, fuzzy }: Criteria,
): readonly Criterion[] {
  const entry = entryOfTag(tag);
  const vr = entry?.vr[0] ?? 'UN';
  const level = levelOfAttribute(tag);
  const isBelow = levelDepth[level] > levelDepth[search.level];
  const isInPath = search.isScoped && level === 'study';
  if (entry === undefined || isBelow || isInPath || all.some((criterion) => criterion.tag === tag)) return [];
  const isUid = vr === 'UI';
  const isFew = values.size <= (isUid ? maxRequiredUids : maxRequiredValues);
  const isPlain = [...values].every((value) => value !== '' && !/[*?,\\]/u.test(value));
  if (!isFew || !isPlain || !(isUid || literalVrs.has(vr)) || (vr === 'PN' && fuzzy)) return [];
  const alternatives = [...values].map((value) => ({
    query: vr === 'PN' ? `${value}*` : value, // origins hold `Doe` also as `Doe^^^^`
    accepts: (element: Element) => element.kind === 'text' && element.values.includes(value),
  }));
  return [
    { argument: '', level, key: entry.keyword, tag, path: null, uidList: isUid, alternatives, isExactCase: true },
  ];
}

const literalVrs: ReadonlySet<string> = new Set(['AE', 'CS', 'LO', 'PN', 'SH', 'UC']);
