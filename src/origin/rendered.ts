import { FacadeError } from '../errors.ts';
import { isBadRequest } from './first-acceptable.ts';
import type { Origin, RequestOptions } from './origin.ts';
import { OriginRepresentationError } from './origin-errors.ts';
import { openPayload, type Payload } from './payload.ts';
import { encodeQuery, type QueryParameter } from './query.ts';
import { type ObjectRef, resourcePath } from './resource.ts';

/** What is rendered: an object as far down as UIDs are given, or one frame of an instance. */
export type RenderedRef = ObjectRef & {
  /** From 1; of an instance alone. */
  readonly frame?: number;
};

/** The box the image is scaled into, keeping its aspect, and the part of the image that is shown (pixels). */
export interface Viewport {
  readonly width: number;
  readonly height: number;
  readonly sourceX?: number;
  readonly sourceY?: number;
  /** Negative: flipped. Width and height go together. Default: the whole image. */
  readonly sourceWidth?: number;
  readonly sourceHeight?: number;
}

export interface Window {
  readonly center: number;
  readonly width: number;
  readonly function: 'linear' | 'linear-exact' | 'sigmoid';
}

export interface Rendering {
  /** Exactly one media type: 'image/jpeg', 'image/png'. */
  readonly mediaType: string;
  readonly viewport?: Viewport;
  readonly window?: Window;
  /** 1 to 100. */
  readonly quality?: number;
}

/**
 * Retrieves a rendered form (WADO-RS). One request.
 *
 * @throws {FacadeError} BAD_USER_INPUT: a viewport, window or quality out of range. Nothing is sent: some are known to
 *   upset origins (`viewport=0,0` makes Orthanc drop the connection).
 * @throws {OriginRepresentationError} The origin cannot render this object so; some say it with 400.
 * @throws {OriginError} Any other of its classes.
 * @see PS3.18 §10.4.1.1.3 (rendered resources), §8.3.5 (rendering parameters)
 */
export async function retrieveRendered(
  origin: Origin,
  ref: RenderedRef,
  rendering: Rendering,
  options: RequestOptions = {},
): Promise<Payload> {
  const request = {
    transaction: 'retrieve rendered',
    path: `${pathOf(ref)}/rendered`,
    query: encodeQuery(parametersOf(rendering), false).query,
    accept: rendering.mediaType,
    purpose: 'payload',
  } as const;
  const isWanted = (mediaType: string): boolean => mediaType === rendering.mediaType.toLowerCase();
  try {
    return await origin.request(
      request,
      (response) => openPayload(response, { mediaType: rendering.mediaType, accepts: isWanted, firstOfSeveral: true }),
      options,
    );
  } catch (error) {
    // Our requests are well-formed: the object is at fault.
    if (isBadRequest(error)) {
      throw new OriginRepresentationError({ origin: origin.id, transaction: request.transaction, status: 400 });
    }
    throw error;
  }
}

/** Path of the object, or of its frame. */
export function pathOf({ frame, ...ref }: RenderedRef): string {
  if (frame === undefined) return resourcePath(ref);
  if (ref.instance === undefined) throw new TypeError('A frame is one of an instance');
  return `${resourcePath(ref)}/frames/${frame}`;
}

/** The query parameters of a rendering, in the order of PS3.18 §8.3.5. */
export function parametersOf({ viewport, window, quality }: Omit<Rendering, 'mediaType'>): QueryParameter[] {
  const parameters: QueryParameter[] = [];
  if (quality !== undefined) {
    require(Number.isInteger(quality) && quality >= 1 && quality <= 100, 'quality');
    parameters.push(['quality', String(quality)]);
  }
  if (viewport !== undefined) parameters.push(['viewport', viewportOf(viewport)]);
  if (window !== undefined) {
    require(Number.isFinite(window.center) && Number.isFinite(window.width) && window.width > 0, 'window');
    parameters.push(['window', `${window.center},${window.width},${window.function}`]);
  }
  return parameters;
}

function viewportOf({ width, height, sourceX, sourceY, sourceWidth, sourceHeight }: Viewport): string {
  const isSize = (value: number): boolean => Number.isInteger(value) && value >= 1;
  require(isSize(width) && isSize(height), 'viewport');
  if (sourceX === undefined && sourceY === undefined && sourceWidth === undefined && sourceHeight === undefined) {
    return `${width},${height}`;
  }
  const source = [sourceX ?? 0, sourceY ?? 0];
  require((sourceWidth === undefined) === (sourceHeight === undefined), 'viewport');
  if (sourceWidth !== undefined && sourceHeight !== undefined) source.push(sourceWidth, sourceHeight);
  require(source.every(Number.isInteger) && sourceWidth !== 0 && sourceHeight !== 0, 'viewport');
  return [width, height, ...source].join(',');
}

function require(holds: boolean, argument: string): void {
  if (!holds) throw new FacadeError('BAD_USER_INPUT', `A ${argument} that PS3.18 does not allow`, { argument });
}
