import { explicitVrLittleEndian, frameMediaType, implicitVrLittleEndian } from '../dicom/transfer-syntax.ts';
import type { Uid } from '../dicom/uid.ts';
import { firstAcceptable, isBadRequest } from './first-acceptable.ts';
import type { Origin, RequestOptions } from './origin.ts';
import { OriginRepresentationError } from './origin-errors.ts';
import { openPayload, type Payload } from './payload.ts';
import { type InstanceRef, resourcePath } from './resource.ts';

/** `*`: as stored. Else a transfer syntax; Explicit VR Little Endian asks the origin to decode. */
export type WantedSyntax = { readonly transferSyntax: '*' | Uid };

const octetStream = 'application/octet-stream';

/**
 * Retrieves one frame (WADO-RS). One request; a second one where the origin does not take the first way of asking:
 * Orthanc answers 500 to `transfer-syntax=*` for big-endian and deflated objects, and gives them decoded without. A 400
 * is final: Orthanc 1.10.1 says it of frames that it cannot take apart, and aborts (an assertion of GDCM) when asked to
 * decode some of the same, RLE of one bit.
 *
 * @param frameNumber - From 1.
 * @returns The bytes of the frame: of its codec, or pixel values. `transferSyntaxUid` says which of them; as stored is
 *   what was asked for with `*`, and what came may still be decoded where the origin keeps no other form.
 * @throws {OriginNotFoundError} No such instance, or no such frame.
 * @throws {OriginRepresentationError} The origin cannot give the frame in this transfer syntax; or 400, which origins also
 *   answer to a frame number past the end.
 * @throws {OriginError} Any other of its classes.
 * @see PS3.18 §10.4.1.1.6 (frames), §8.7.3.3 (media types of compressed frames)
 */
export async function retrieveFrame(
  origin: Origin,
  ref: InstanceRef,
  frameNumber: number,
  { transferSyntax }: WantedSyntax,
  options: RequestOptions = {},
): Promise<Payload> {
  if (!Number.isSafeInteger(frameNumber) || frameNumber < 1) throw new TypeError('Frames are numbered from 1');
  const request = {
    transaction: 'retrieve frames',
    path: `${resourcePath(ref)}/frames/${frameNumber}`,
    purpose: 'payload',
  } as const;
  try {
    return await firstAcceptable(
      waysToAsk(transferSyntax),
      (accept, left) =>
        origin.request(
          { ...request, accept },
          async (response) => {
            const payload = withDefaultSyntax(
              await openPayload(response, { mediaType: octetStream, accepts: isFrameMediaType }),
            );
            // An origin that ignores the parameter sends what it has (static servers): not what was asked for.
            if (!isWanted(payload, transferSyntax)) throw new OriginRepresentationError(response.facts);
            return payload;
          },
          left,
        ),
      options,
    );
  } catch (error) {
    if (isBadRequest(error)) {
      throw new OriginRepresentationError({ origin: origin.id, transaction: request.transaction, status: 400 });
    }
    throw error;
  }
}

function waysToAsk(transferSyntax: '*' | Uid): [string, ...string[]] {
  const mediaType = transferSyntax === '*' ? octetStream : (frameMediaType(transferSyntax) ?? octetStream);
  const exact = `multipart/related; type="${mediaType}"; transfer-syntax=${transferSyntax}`;
  // Without the parameter the frame is decoded (PS3.18 §8.7.3.3.2).
  const decoded = `multipart/related; type="${octetStream}"`;
  return transferSyntax === '*' || transferSyntax === explicitVrLittleEndian ? [exact, decoded] : [exact];
}

/** Octets without a transfer syntax are in the default one (PS3.18 §8.7.3.3.2). */
function withDefaultSyntax(payload: Payload): Payload {
  if (payload.transferSyntaxUid !== null || payload.mediaType !== octetStream) return payload;
  return { ...payload, transferSyntaxUid: explicitVrLittleEndian };
}

function isWanted({ mediaType, transferSyntaxUid: given }: Payload, wanted: '*' | Uid): boolean {
  if (wanted === '*' || given === wanted) return true;
  if (given === null) return mediaType === frameMediaType(wanted);
  // The pixels are the same bytes in both.
  return wanted === explicitVrLittleEndian && given === implicitVrLittleEndian;
}

const isFrameMediaType = (mediaType: string): boolean =>
  /^(?:image|video)\/|^application\/octet-stream$/.test(mediaType);
