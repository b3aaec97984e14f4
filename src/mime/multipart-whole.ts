import { MultipartError, MultipartScanner } from './multipart-scanner.ts';

/** A part that is at hand whole. */
export interface WholePart {
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly bytes: Buffer;
}

/**
 * The first part of a multipart/related body that is at hand whole.
 *
 * @param boundary - The parameter of Content-Type; null where there is none.
 * @param options.only - There is to be no second one. Else what stands behind the first part is not looked at.
 * @returns A view of the bytes; null: there is no part.
 * @throws {MultipartError} Not multipart; its end is missing; a part of another length than it says; a second part.
 */
export function firstPart(
  bytes: Buffer,
  boundary: string | null,
  { only }: { readonly only: boolean },
): WholePart | null {
  const scanner = new MultipartScanner(boundary);
  scanner.feed(bytes);
  let headers: WholePart['headers'] | null = null;
  let data: Buffer = Buffer.alloc(0);
  for (let event = scanner.next(); event !== null && event.kind !== 'end'; event = scanner.next()) {
    switch (event.kind) {
      case 'part':
        if (headers !== null) throw new MultipartError('there is more than one part');
        headers = event.headers;
        break;
      case 'data':
        // Mostly told at once; twice where the end of it might have been the beginning of a boundary.
        data = data.length === 0 ? event.bytes : Buffer.concat([data, event.bytes]);
        break;
      case 'partEnd':
        checkLength(headers?.get('content-length'), data);
        if (!only && headers !== null) return { headers, bytes: data };
    }
  }
  scanner.finish();
  return headers && { headers, bytes: data };
}

function checkLength(stated: string | undefined, { length }: Buffer): void {
  if (stated !== undefined && /^[0-9]{1,15}$/.test(stated) && Number(stated) !== length) {
    throw new MultipartError('a part is not as long as it says');
  }
}
