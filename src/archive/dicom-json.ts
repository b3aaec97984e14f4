import type { Request } from './answer.ts';
import { acceptsSingle, parseAccept } from './media-types.ts';
import { notAcceptable } from './problem.ts';

/**
 * The form in which metadata and search answers go: DICOM JSON, under its own name or as plain JSON for clients that ask
 * for that.
 *
 * @throws {ArchiveError} REPRESENTATION_UNAVAILABLE: XML only, or nothing we have.
 * @see PS3.18 §8.7.2, §8.7.3.2
 */
export function chooseDicomJson({ accept }: Request): 'application/dicom+json' | 'application/json' {
  for (const range of parseAccept(accept.header, accept.query)) {
    if (acceptsSingle(range, 'application/dicom+json')) return 'application/dicom+json';
    if (acceptsSingle(range, 'application/json')) return 'application/json';
  }
  throw notAcceptable('This resource comes as application/dicom+json');
}
