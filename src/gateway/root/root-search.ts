import { tagOf } from '../../dicom/dictionary.ts';
import type { Tag } from '../../dicom/tag.ts';
import { FacadeError } from '../../errors.ts';
import type { Origin } from '../../origin/origin.ts';
import type { Level, SearchQuery } from '../../origin/search.ts';
import { uidTags } from '../object-uids.ts';
import { attributeOf, compileRowTest, type RowTest } from './match-row.ts';
import { badParameter, type RootParameters } from './root-parameters.ts';
import type { RootResource, RootScope } from './root-resource.ts';

/** Attributes that one request may ask for. */
const maxIncludeFields = 200;

/** A search below a root: what to ask the origin, and how to look at what comes. */
export interface RootSearch {
  readonly query: SearchQuery;
  /** The keys leave nothing of the scope: the origin need not be asked. */
  readonly isEmpty: boolean;
  /** As the client wants it, whether or not the origin pages. */
  readonly limit: number | null;
  readonly offset: number;
  readonly keys: readonly RootKey[];
  /** To be told as Warning 299 (PS3.18 §8.3.4.4 and following). */
  readonly warnings: readonly string[];
}

/** A key that the query matches by. */
export interface RootKey {
  /** As the client wrote it: keyword or tag. */
  readonly name: string;
  readonly tag: Tag;
  readonly test: RowTest;
}

/** What tells of more than the scope: how much else there is. Neither given nor matched. */
const aboveStudy = ['NumberOfPatientRelatedStudies', 'NumberOfPatientRelatedSeries', 'NumberOfPatientRelatedInstances'];
const aboveSeries = [
  ...aboveStudy,
  'ModalitiesInStudy',
  'SOPClassesInStudy',
  'AnatomicRegionsInStudyCodeSequence',
  'NumberOfStudyRelatedSeries',
  'NumberOfStudyRelatedInstances',
];
const aboveScope = { study: new Set(aboveStudy.map(tagOf)), series: new Set(aboveSeries.map(tagOf)) };

export const tagsAbove = (scope: RootScope): ReadonlySet<string> => aboveScope['series' in scope ? 'series' : 'study'];

/** What rows of a search at the root tell of the levels above theirs (PS3.18 Table 10.6.3-3, -4). */
const studyFields = [
  'StudyDate',
  'StudyTime',
  'AccessionNumber',
  'ModalitiesInStudy',
  'ReferringPhysicianName',
  'PatientName',
  'PatientID',
  'PatientBirthDate',
  'PatientSex',
  'StudyID',
  'NumberOfStudyRelatedSeries',
  'NumberOfStudyRelatedInstances',
];
const seriesFields = ['Modality', 'SeriesNumber', 'NumberOfSeriesRelatedInstances'];
/** By them a row is known to be of the scope. */
const uidFields: Readonly<Record<Level, readonly string[]>> = {
  study: [],
  series: ['StudyInstanceUID'],
  instance: ['StudyInstanceUID', 'SeriesInstanceUID'],
};

const switches: ReadonlyMap<string, string> = new Map([
  ['fuzzymatching', 'The fuzzymatching parameter is not supported. Only literal matching has been performed.'],
  ['emptyvaluematching', 'The emptyvaluematching parameter is not supported.'],
  ['multiplevaluematching', 'The multiplevaluematching parameter is not supported.'],
]);

/**
 * Reads a search below a root.
 *
 * @param grantScope - What tells of more is neither matched nor given.
 * @throws {FacadeError} BAD_USER_INPUT: an unknown key, a value that it cannot have, a bad limit or offset.
 *   FILTER_UNSUPPORTED: a list of UIDs that the origin does not match.
 * @see PS3.18 §8.3.4, §10.6.1
 */
export function readRootSearch(
  resource: RootResource & { kind: 'search' },
  grantScope: RootScope,
  parameters: RootParameters,
  origin: Origin,
): RootSearch {
  const { level, isAtRoot } = resource;
  const above = tagsAbove(grantScope);
  const narrowing = new ScopeNarrowing(resource.scope);
  const matches = new Map<string, string>();
  const keys: RootKey[] = [];
  const seen = new Set<Tag>();
  const warnings: string[] = [];
  let page: { limit?: number; offset?: number } = {};
  for (const [name, [value = '']] of parameters) {
    if (name === 'accept' || name === 'includefield') continue;
    const warning = switches.get(name);
    if (name === 'limit' || name === 'offset') page = { ...page, [name]: parseCount(value) };
    else if (warning !== undefined) {
      if (isOn(value)) warnings.push(warning);
    } else {
      const tag = attributeOf(name);
      if (tag === null || above.has(tag)) throw badParameter('A key is neither a parameter nor an attribute');
      if (seen.has(tag)) throw badParameter('An attribute is matched twice');
      seen.add(tag);
      const test = compileRowTest(tag, value);
      if (test === null || narrowing.takes(tag, value)) continue;
      checkList(tag, value, origin);
      matches.set(name, value);
      keys.push({ name, tag, test });
    }
  }
  const asked = parseIncludeFields(parameters.get('includefield') ?? []);
  const ofLevelsAbove =
    isAtRoot && level !== 'study' ? [...studyFields, ...(level === 'instance' ? seriesFields : [])] : [];
  const included = [...uidFields[level], ...ofLevelsAbove, ...keys.map(({ tag }) => tag), ...asked];
  const { scope } = narrowing;
  const { limit = null, offset = 0 } = page;
  return {
    query: {
      level,
      ...scopeOf(level, scope, matches),
      matches,
      includeFields: asked.includes('all') ? ['all'] : [...new Set(included)],
      ...(origin.capabilities.searchLimit ? page : {}),
    },
    isEmpty: narrowing.isEmpty || limit === 0,
    limit,
    offset,
    keys,
    warnings,
  };
}

/** A study is matched at the root, as there is nothing above it; a series within its study, and so on. */
function scopeOf(level: Level, scope: RootScope, matches: Map<string, string>): Pick<SearchQuery, 'scope'> {
  if (level === 'study') {
    matches.set('StudyInstanceUID', scope.study);
    return {};
  }
  if (level === 'instance' || !('series' in scope)) return { scope };
  matches.set('SeriesInstanceUID', scope.series);
  return { scope: { study: scope.study } };
}

/** Keys of UIDs that the scope settles: they match it, or there is nothing to find. */
class ScopeNarrowing {
  readonly scope: RootScope;
  isEmpty = false;

  constructor(scope: RootScope) {
    this.scope = scope;
  }

  takes(tag: Tag, value: string): boolean {
    const uids = value.split(/[,\\]/);
    if (tag === uidTags.study) this.isEmpty ||= !uids.includes(this.scope.study);
    else if (tag === uidTags.series && 'series' in this.scope) {
      this.isEmpty ||= !uids.includes(this.scope.series);
    } else return false;
    return true;
  }
}

function checkList(tag: Tag, value: string, { id, capabilities }: Origin): void {
  const isUid = tag === uidTags.series || tag === uidTags.instance;
  const count = value.split(/[,\\]/).length;
  if (!isUid || count === 1) return;
  if (!capabilities.uidListMatching || count > capabilities.maxUidsPerList) {
    throw new FacadeError('FILTER_UNSUPPORTED', 'The origin does not match such a list of UIDs', { origin: id });
  }
}

function parseIncludeFields(values: readonly string[]): readonly string[] {
  const fields = values.flatMap((value) => value.split(',')).map((field) => field.trim());
  const named = fields.filter((field) => field !== '');
  if (named.length > maxIncludeFields) throw badParameter(`includefield names at most ${maxIncludeFields} attributes`);
  if (named.includes('all')) {
    if (named.length > 1) throw badParameter('includefield=all stands alone');
    return named;
  }
  for (const field of named) {
    if (!field.split('.').every((name) => attributeOf(name) !== null)) {
      throw badParameter('includefield names something that is no attribute');
    }
  }
  return named;
}

function parseCount(value: string): number {
  if (!/^[0-9]{1,9}$/.test(value)) throw badParameter('limit and offset are whole numbers, 0 or more');
  return Number(value);
}

function isOn(value: string): boolean {
  if (value !== 'true' && value !== 'false') throw badParameter('A switch is true or false');
  return value === 'true';
}
