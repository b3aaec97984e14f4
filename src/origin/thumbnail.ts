import { isAboutTheWayOfAsking, isBadRequest } from './first-acceptable.ts';
import type { Origin, RequestOptions } from './origin.ts';
import { OriginError } from './origin-errors.ts';
import { openPayload, type Payload } from './payload.ts';
import { encodeQuery } from './query.ts';
import { parametersOf, pathOf, type RenderedRef, retrieveRendered, type Viewport } from './rendered.ts';
import { findRepresentative } from './representative.ts';

export interface ThumbnailForm {
  /** Default image/jpeg. */
  readonly mediaType?: string;
  /** The box it is to fit in. Default: what the origin takes for a thumbnail, 128 by 128 where we ask for it. */
  readonly viewport?: Pick<Viewport, 'width' | 'height'>;
}

const defaultViewport = { width: 128, height: 128 };

/**
 * Retrieves a small image of a study, series, instance or frame.
 *
 * Where the origin has no thumbnails (Orthanc's plugin before 1.19), a small rendered form stands in; where it renders
 * no study or series, that of an instance in its middle. What it lacks is learnt: one to four requests the first time, one
 * later.
 *
 * @throws {OriginNotFoundError} No such object.
 * @throws {OriginRepresentationError} Nothing of it can be rendered.
 * @throws {OriginError} Any other of its classes.
 * @see PS3.18 §10.4.1.1.4 (thumbnails), §10.4.1.1.3 (rendered)
 */
export async function retrieveThumbnail(
  origin: Origin,
  ref: RenderedRef,
  { mediaType = 'image/jpeg', viewport }: ThumbnailForm,
  options: RequestOptions = {},
): Promise<Payload> {
  if (!origin.capabilities.thumbnails) return retrieveSmallImage(origin, ref, mediaType, viewport, options);
  try {
    return await origin.request(
      {
        transaction: 'retrieve thumbnail',
        path: `${pathOf(ref)}/thumbnail`,
        query: encodeQuery(parametersOf(viewport ? { viewport } : {}), false).query,
        accept: mediaType,
        purpose: 'payload',
      },
      (response) =>
        openPayload(response, {
          mediaType,
          accepts: (given) => given.startsWith('image/'),
          firstOfSeveral: true,
        }),
      options,
    );
  } catch (error) {
    if (!mayHaveNoThumbnails(error)) throw error;
    const payload = await retrieveSmallImage(origin, ref, mediaType, viewport, options);
    // It can be rendered, so that the resource is what is missing. A 500 tells of one object.
    if (error.status !== 500)
      origin.learn([{ capability: 'thumbnails', supported: false, set: { thumbnails: false } }]);
    return payload;
  }
}

/** 404 may mean the object or the resource; a redirect goes to the rendered form (PS3.18 §10.4.1.1.4). */
function mayHaveNoThumbnails(error: unknown): error is OriginError {
  if (!(error instanceof OriginError) || error.status === undefined) return false;
  return (
    isAboutTheWayOfAsking(error) ||
    isBadRequest(error) ||
    error.status === 404 ||
    (error.status >= 300 && error.status < 400)
  );
}

async function retrieveSmallImage(
  origin: Origin,
  ref: RenderedRef,
  mediaType: string,
  viewport: ThumbnailForm['viewport'],
  options: RequestOptions,
): Promise<Payload> {
  const rendering = { mediaType, viewport: viewport ?? defaultViewport };
  try {
    return await retrieveRendered(origin, ref, rendering, options);
  } catch (error) {
    const canLookBelow = ref.instance === undefined && error instanceof OriginError && error.status !== undefined;
    if (!canLookBelow || !(isAboutTheWayOfAsking(error) || error.status === 404)) throw error;
    return retrieveRendered(origin, await findRepresentative(origin, ref, options), rendering, options);
  }
}
