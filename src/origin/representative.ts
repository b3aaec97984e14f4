import type { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { hasPixels, type InstanceType, sopClassType } from '../dicom/sop-class.ts';
import type { Tag } from '../dicom/tag.ts';
import { isDrawable } from './capabilities/drawable.ts';
import type { Origin, RequestOptions } from './origin.ts';
import { OriginNotFoundError, OriginRepresentationError } from './origin-errors.ts';
import type { InstanceRef, SeriesRef, StudyRef } from './resource.ts';
import { search } from './search.ts';

/** Rows of instances that are looked at, of a study or of a series. */
const maxInstances = 500;
const maxSeries = 100;
/** Series that are searched one by one, where the instances of a study cannot be. */
const maxSearched = 4;

const seriesUid = tagOf('SeriesInstanceUID');
const seriesNumber = tagOf('SeriesNumber');
const sopUid = tagOf('SOPInstanceUID');
const instanceNumber = tagOf('InstanceNumber');
const sopClass = tagOf('SOPClassUID');
const modality = tagOf('Modality');

const fields = ['SOPClassUID', 'InstanceNumber', 'Rows', 'Columns', 'AvailableTransferSyntaxUID'];

/** Computed of other images: shown where there is nothing else. */
const derived: ReadonlySet<InstanceType> = new Set(['Segmentation', 'ParametricMap', 'RTDose']);
/** Of these there are no images, as a rule: they are looked at last. */
const withoutImages: ReadonlySet<string> = new Set(['SR', 'PR', 'KO', 'DOC', 'ECG', 'AU', 'RTSTRUCT', 'RTPLAN', 'REG']);

/**
 * The instance that stands for a series or a study: the one in the middle, by Instance Number, of those with pixels; of a
 * study, those of its first series by Series Number that has any, originals before what was computed of them.
 *
 * One search; of a study whose instances cannot be searched at once, one for its series and up to four for theirs. Of more
 * than 500 instances the first that the origin names are looked at.
 *
 * @throws {OriginNotFoundError} There is no instance.
 * @throws {OriginRepresentationError} None that was looked at has pixels.
 * @throws {OriginError} Any other of its classes.
 */
export async function findRepresentative(
  origin: Origin,
  { study, series }: StudyRef & Partial<SeriesRef>,
  options: RequestOptions = {},
): Promise<InstanceRef> {
  const facts = { origin: origin.id, transaction: 'retrieve thumbnail' } as const;
  const scopes = await scopesOf(origin, series === undefined ? { study } : { study, series }, options);
  let isEmpty = true;
  for (const scope of scopes) {
    const candidates = (await instancesIn(origin, scope, options)).flatMap((row) => candidateOf(row, scope) ?? []);
    const found = representativeOf(candidates);
    if (found !== null) return found;
    isEmpty &&= candidates.length === 0;
  }
  throw isEmpty ? new OriginNotFoundError(facts) : new OriginRepresentationError(facts);
}

/** What to search for instances, in this order. */
async function scopesOf(
  origin: Origin,
  scope: StudyRef | SeriesRef,
  options: RequestOptions,
): Promise<readonly (StudyRef | SeriesRef)[]> {
  if ('series' in scope || origin.capabilities.studyInstanceSearch) return [scope];
  const query = {
    level: 'series',
    scope,
    matches: new Map(),
    includeFields: [],
    ...limitOf(origin, maxSeries),
  } as const;
  const { dataSets } = await search(origin, query, options);
  return dataSets
    .flatMap((row) => {
      const series = row.uid(seriesUid);
      return series === null
        ? []
        : [{ series, isLast: isLast(row), number: row.integer(seriesNumber) ?? Number.MAX_VALUE }];
    })
    .sort((one, other) => Number(one.isLast) - Number(other.isLast) || one.number - other.number)
    .slice(0, maxSearched)
    .map(({ series }) => ({ study: scope.study, series }));
}

const isLast = (row: DataSet): boolean => withoutImages.has(row.text(modality) ?? '');

async function instancesIn(
  origin: Origin,
  scope: StudyRef | SeriesRef,
  options: RequestOptions,
): Promise<readonly DataSet[]> {
  const includeFields = 'series' in scope ? fields : ['SeriesInstanceUID', 'SeriesNumber', ...fields];
  const query = {
    level: 'instance',
    scope,
    matches: new Map(),
    includeFields,
    ...limitOf(origin, maxInstances),
  } as const;
  return (await search(origin, query, options)).dataSets;
}

const limitOf = (origin: Origin, most: number) => ({
  limit: Math.min(most, origin.capabilities.maxSearchLimit ?? most),
});

/** An instance that may stand for what it is in: its row or metadata. */
export interface Candidate extends InstanceRef {
  readonly dataSet: DataSet;
}

function candidateOf(dataSet: DataSet, scope: StudyRef | SeriesRef): Candidate | null {
  const series = dataSet.uid(seriesUid) ?? ('series' in scope ? scope.series : null);
  const instance = dataSet.uid(sopUid);
  if (series === null || instance === null || ('series' in scope && series !== scope.series)) return null;
  return { study: scope.study, series, instance, dataSet };
}

/** The one among several that stands for them, as {@link findRepresentative} has it; null: none has pixels. */
export function representativeOf(candidates: readonly Candidate[]): InstanceRef | null {
  const bySeries = byNumber(seriesNumber, 'series');
  const ranked = candidates
    .flatMap((candidate) => {
      const rank = rankOf(candidate.dataSet);
      return rank === null ? [] : [{ ...candidate, rank }];
    })
    .sort((one, other) => one.rank - other.rank || bySeries(one, other));
  const [best] = ranked;
  const equal = ranked
    .filter(({ series, rank }) => series === best?.series && rank === best.rank)
    .sort(byNumber(instanceNumber, 'instance'));
  const middle = equal[Math.floor(equal.length / 2)];
  return middle ? { study: middle.study, series: middle.series, instance: middle.instance } : null;
}

/** The lower, the rather it is shown; null: never. What is not known to have pixels comes after what is. */
function rankOf(row: DataSet): number | null {
  const isImage = hasPixels(row);
  if (isImage === false) return null;
  const isDerived = derived.has(sopClassType(row.text(sopClass)));
  return (isImage ? 0 : 4) + (isDrawable(row, Number.POSITIVE_INFINITY) ? 0 : 2) + (isDerived ? 1 : 0);
}

/** By a number, then by UID; what has no number comes last. */
function byNumber(number: Tag, uid: 'series' | 'instance'): (one: Candidate, other: Candidate) => number {
  const numberOf = ({ dataSet }: Candidate): number => dataSet.integer(number) ?? Number.MAX_VALUE;
  return (one, other) =>
    numberOf(one) - numberOf(other) || (one[uid] < other[uid] ? -1 : Number(one[uid] > other[uid]));
}
