import type { ResourceUids } from './archive-index.ts';

/** The path of a study, series or instance below an archive's base URL; no slash before or behind. */
export function resourcePath({ study, series, instance }: ResourceUids): string {
  const parts = ['studies', study];
  if (series !== undefined) parts.push('series', series);
  if (instance !== undefined) parts.push('instances', instance);
  return parts.join('/');
}

/**
 * Puts a prefix before every bulk data reference in the JSON text of data sets.
 *
 * A quote within a value is escaped in JSON text, so this run of characters can only be the member of that name: the text
 * need not be parsed.
 */
export function prefixBulkData(json: string, prefix: string): string {
  return json.replaceAll('"BulkDataURI":"', `"BulkDataURI":"${prefix}`);
}
