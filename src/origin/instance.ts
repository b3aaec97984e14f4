import { firstAcceptable, isBadRequest } from './first-acceptable.ts';
import type { WantedSyntax } from './frame.ts';
import type { Origin, RequestOptions } from './origin.ts';
import { OriginRepresentationError } from './origin-errors.ts';
import { openPayload, type Payload } from './payload.ts';
import { type InstanceRef, resourcePath } from './resource.ts';
import type { Transaction } from './transaction.ts';

export const isNativeMediaType = (mediaType: string): boolean =>
  mediaType === 'application/dicom' || mediaType === 'application/octet-stream';

/** Accept of native objects, multipart; PS3.18 §8.7.3.5: without the parameter origins transcode. */
export const nativeAccept = ({ transferSyntax }: WantedSyntax): string =>
  `multipart/related; type="application/dicom"; transfer-syntax=${transferSyntax}`;

/**
 * Retrieves one instance as a DICOM file (WADO-RS). One request; a second one, for a single part, where the origin does
 * not take the first.
 *
 * @returns The file, unwrapped. With `*`: byte for byte as stored, as far as the origin keeps to PS3.18.
 * @throws {OriginNotFoundError} No such instance.
 * @throws {OriginRepresentationError} The origin cannot give it in this transfer syntax; some say it with 400 (Orthanc 1.10).
 * @throws {OriginError} Any other of its classes.
 * @see PS3.18 §10.4.1.1.1 (instance resources), §8.7.3.5 (transfer syntax)
 */
export async function retrieveInstance(
  origin: Origin,
  ref: InstanceRef,
  wanted: WantedSyntax,
  options: RequestOptions = {},
): Promise<Payload> {
  const single = `application/dicom; transfer-syntax=${wanted.transferSyntax}`;
  const request = { transaction: 'retrieve instance', path: resourcePath(ref), purpose: 'payload' } as const;
  try {
    return await firstAcceptable(
      [nativeAccept(wanted), single],
      (accept, left) =>
        origin.request(
          { ...request, accept },
          (response) => openPayload(response, { mediaType: 'application/dicom', accepts: isNativeMediaType }),
          left,
        ),
      options,
      { on400: true },
    );
  } catch (error) {
    throw toFormError(error, origin, request.transaction);
  }
}

/** Our requests are well-formed: where they are called bad, the origin cannot make of the object what was asked for. */
export function toFormError(error: unknown, origin: Origin, transaction: Transaction): unknown {
  return isBadRequest(error) ? new OriginRepresentationError({ origin: origin.id, transaction, status: 400 }) : error;
}
