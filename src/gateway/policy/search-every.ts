import type { DataSet } from '../../dicom/data-set.ts';
import { FacadeError } from '../../errors.ts';
import type { Origin, RequestOptions } from '../../origin/origin.ts';
import { type SearchQuery, search } from '../../origin/search.ts';

const pageRows = 5_000;
/** Rows of one study that are read to find out which of them may be seen. */
const maxRows = 100_000;

/**
 * All rows of a search within one study, page after page.
 *
 * @param identityOf - By which a row that comes twice is known.
 * @throws {FacadeError} FILTER_UNSUPPORTED: there are more than can be read, or than the origin gives.
 * @throws {OriginError} One of its classes.
 */
export async function searchEvery(
  origin: Origin,
  query: Omit<SearchQuery, 'limit' | 'offset'>,
  identityOf: (row: DataSet) => string,
  options: RequestOptions,
): Promise<readonly DataSet[]> {
  const { searchLimit, searchOffset, maxSearchLimit } = origin.capabilities;
  const limit = Math.min(pageRows, maxSearchLimit ?? pageRows);
  const rows = new Map<string, DataSet>();
  for (let offset = 0; offset < maxRows; ) {
    const page = await search(origin, { ...query, ...(searchLimit ? { limit, offset } : {}) }, options);
    const before = rows.size;
    for (const row of page.dataSets) rows.set(identityOf(row), row);
    offset += page.dataSets.length;
    const isFull = page.more || (searchLimit && page.dataSets.length === limit);
    if (!isFull) return [...rows.values()];
    // What is behind cannot be asked for, or does not come. A part is not given for the whole.
    if (!searchLimit || !searchOffset || rows.size === before) throw tooMany(origin, rows.size);
  }
  throw tooMany(origin, maxRows);
}

const tooMany = ({ id }: Origin, limit: number): FacadeError =>
  new FacadeError('FILTER_UNSUPPORTED', `A study with more than ${limit} rows is not searched`, { origin: id, limit });
