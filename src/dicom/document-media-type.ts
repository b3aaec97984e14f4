import type { DataSet } from './data-set.ts';
import { tagOf } from './dictionary.ts';

const mimeType = tagOf('MIMETypeOfEncapsulatedDocument');

/** What PS3.3 §A.45, §A.85 and §A.104 encapsulate: PDF, CDA, and models to print. */
const documents: ReadonlySet<string> = new Set([
  'application/pdf',
  'text/xml',
  'application/xml',
  'model/stl',
  'application/sla',
  'model/obj',
  'model/mtl',
]);

/**
 * The media type of an encapsulated document, of those that the standard encapsulates: whatever else a file says of
 * itself (text/html) is not taken on trust. Null: another, or none.
 */
export function documentMediaTypeOf(dataSet: DataSet): string | null {
  const mediaType = dataSet.text(mimeType)?.toLowerCase() ?? null;
  return mediaType !== null && documents.has(mediaType) ? mediaType : null;
}
