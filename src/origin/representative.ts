import type { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { hasPixels, type InstanceType, sopClassType } from '../dicom/sop-class.ts';
import type { Uid } from '../dicom/uid.ts';
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
    const rows = await instancesIn(origin, scope, options);
    const found = middleOf(rows, scope);
    if (found !== null) return { study, ...found };
    isEmpty &&= rows.length === 0;
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
  return [...dataSets]
    .sort((one, other) => Number(isLast(one)) - Number(isLast(other)) || byNumber(seriesNumber, seriesUid)(one, other))
    .flatMap((row) => row.uid(seriesUid) ?? [])
    .slice(0, maxSearched)
    .map((series) => ({ ...scope, series }));
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

function middleOf(rows: readonly DataSet[], scope: StudyRef | SeriesRef): { series: Uid; instance: Uid } | null {
  const seriesOf = (row: DataSet): Uid | null => row.uid(seriesUid) ?? ('series' in scope ? scope.series : null);
  const own = rows.filter((row) => !('series' in scope) || seriesOf(row) === scope.series);
  const [best] = [...own]
    .filter((row) => rankOf(row) !== null && seriesOf(row) !== null)
    .sort((one, other) => (rankOf(one) ?? 0) - (rankOf(other) ?? 0) || byNumber(seriesNumber, seriesUid)(one, other));
  if (best === undefined) return null;
  const equal = own
    .filter((row) => seriesOf(row) === seriesOf(best) && rankOf(row) === rankOf(best))
    .sort(byNumber(instanceNumber, sopUid));
  const middle = equal[Math.floor(equal.length / 2)];
  const [series, instance] = [middle && seriesOf(middle), middle?.uid(sopUid)];
  return series && instance ? { series, instance } : null;
}

/** The lower, the rather it is shown; null: never. What is not known to have pixels comes after what is. */
function rankOf(row: DataSet): number | null {
  const isImage = hasPixels(row);
  if (isImage === false) return null;
  const isDerived = derived.has(sopClassType(row.text(sopClass)));
  return (isImage ? 0 : 4) + (isDrawable(row, Number.POSITIVE_INFINITY) ? 0 : 2) + (isDerived ? 1 : 0);
}

/** By a number, then by UID; what has no number comes last. */
function byNumber(number: typeof instanceNumber, uid: typeof sopUid): (one: DataSet, other: DataSet) => number {
  return (one, other) => {
    const difference = (one.integer(number) ?? Infinity) - (other.integer(number) ?? Infinity);
    return (Number.isNaN(difference) ? 0 : difference) || ((one.uid(uid) ?? '') < (other.uid(uid) ?? '') ? -1 : 1);
  };
}
