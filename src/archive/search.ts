import type { JsonDataSet, JsonElement } from '../dicom/data-set.ts';
import type { Tag } from '../dicom/tag.ts';
import type { ArchiveIndex } from './archive-index.ts';
import { rowTags } from './attribute-level.ts';
import type { DataSetTest } from './data-set-test.ts';
import { compareElements } from './element-order.ts';
import type { SearchQuery } from './search-query.ts';
import { type Match, searchRow } from './search-row.ts';

export interface SearchAnswer {
  /** A DICOM JSON data set each, as text. */
  readonly rows: readonly string[];
  /** Matches beyond the archive's own bound; 0 where the client's limit ended the page. */
  readonly remaining: number;
}

/** Characters of an answer: with includefield=all a row can be of any size. */
const maxAnswerLength = 2 ** 26;

/**
 * Answers a search from the index.
 *
 * Runs in one go: between two pages of the same search the order is the same, as long as the files are.
 *
 * @param maxRows - The archive's own bound on a page.
 * @see PS3.18 §8.3.4.4 (paging), §10.6
 */
export function search(index: ArchiveIndex, query: SearchQuery, baseUrl: string, maxRows: number): SearchAnswer {
  const wanted = Math.min(query.limit ?? Number.POSITIVE_INFINITY, maxRows);
  const rows: string[] = [];
  let length = 0;
  let seen = 0;
  for (const match of inOrder(findMatches(index, query), query)) {
    if (rows.length === query.limit) break;
    seen++;
    if (seen <= query.offset || rows.length >= wanted || length > maxAnswerLength) continue;
    const row = searchRow(match, query, baseUrl);
    length += row.length;
    rows.push(row);
  }
  const remaining = rows.length === query.limit ? 0 : Math.max(0, seen - query.offset - rows.length);
  return { rows, remaining };
}

function* findMatches(index: ArchiveIndex, query: SearchQuery): Generator<Match> {
  const { level, tests, uids } = query;
  for (const studyRow of index.studies(uids)) {
    const study = parse(studyRow.attributes);
    if (!satisfies(study, tests.study)) continue;
    if (level === 'study') {
      if (hasMatchBelow(index, query, studyRow.id)) yield { study };
    } else {
      for (const match of matchesOfStudy(index, query, studyRow.id)) yield { study, ...match };
    }
  }
}

type MatchBelow = { readonly series: JsonDataSet; readonly instance?: JsonDataSet };

function* matchesOfStudy(index: ArchiveIndex, query: SearchQuery, studyId: number): Generator<MatchBelow> {
  for (const seriesRow of index.series(studyId, query.uids)) {
    const series = parse(seriesRow.attributes);
    if (!satisfies(series, query.tests.series)) continue;
    if (query.level === 'instance') {
      for (const instance of instancesOfSeries(index, query, seriesRow.id)) yield { series, instance };
    } else if (query.tests.instance === null || !instancesOfSeries(index, query, seriesRow.id).next().done) {
      yield { series };
    }
  }
}

/** Keys below the study are asked for only where there are any: the UIDs of lists are looked up by the index. */
function hasMatchBelow(index: ArchiveIndex, query: SearchQuery, studyId: number): boolean {
  if (query.tests.series === null && query.tests.instance === null) return true;
  return !matchesOfStudy(index, query, studyId).next().done;
}

/** An instance's own attributes: those of its row, or all of its data set where the query needs others. */
function* instancesOfSeries(index: ArchiveIndex, query: SearchQuery, seriesId: number): Generator<JsonDataSet> {
  const whole = needsDataSet(query);
  for (const row of index.instances(seriesId, query.uids)) {
    const attributes = parse(row.attributes);
    const instance = whole ? { ...parse(index.dataSet(row.id)), ...attributes } : attributes;
    if (satisfies(instance, query.tests.instance)) yield instance;
  }
}

function needsDataSet({ level, include, instanceTags }: SearchQuery): boolean {
  const inRow = (tag: Tag): boolean => rowTags.instance.has(tag);
  if (![...instanceTags].every(inRow)) return true;
  return level === 'instance' && (include === 'all' || ![...include].every(inRow));
}

function inOrder(matches: Iterable<Match>, { orderBy }: SearchQuery): Iterable<Match> {
  if (orderBy.length === 0) return matches;
  return [...matches].sort((a, b) => {
    for (const { tag, descending } of orderBy) {
      const order = compareElements(elementOf(a, tag), elementOf(b, tag), descending);
      if (order !== 0) return order;
    }
    return 0;
  });
}

const elementOf = (match: Match, tag: Tag): JsonElement | undefined =>
  match.study[tag] ?? match.series?.[tag] ?? match.instance?.[tag];

const satisfies = (dataSet: JsonDataSet, test: DataSetTest | null): boolean => test === null || test(dataSet);

const parse = (json: string): JsonDataSet => JSON.parse(json) as JsonDataSet;
