import { FacadeError } from '../errors.ts';
import type { LinkGrant, LinkViewport } from '../links/grant.ts';
import type { RequestOptions } from '../origin/origin.ts';
import type { Rendering, Viewport } from '../origin/rendered.ts';
import type { Delivery } from './delivery.ts';
import { objectOf } from './granted-object.ts';
import { type Source, type SourcePayload, seekableOf } from './source.ts';

const renderedByDefault = 'image/jpeg';

/** @param frame - From 1; null: whatever the origin makes of the whole. */
export async function deliverRendered(
  source: Source,
  grant: LinkGrant,
  frame: number | null,
  options: RequestOptions,
): Promise<Delivery> {
  const mediaType = grant.mediaType ?? renderedByDefault;
  const ref = { ...objectOf(grant), ...(frame === null ? {} : { frame }) };
  const payload = await source.rendered(ref, { mediaType, ...parametersOf(grant) }, options);
  return toDelivery(payload, (given) => given === mediaType);
}

/** A small image; of which type is the origin's to say. */
export async function deliverThumbnail(
  source: Source,
  grant: LinkGrant,
  frame: number | null,
  options: RequestOptions,
): Promise<Delivery> {
  const { viewport } = parametersOf(grant);
  const ref = { ...objectOf(grant), ...(frame === null ? {} : { frame }) };
  const form = { mediaType: grant.mediaType ?? renderedByDefault, ...(viewport === undefined ? {} : { viewport }) };
  const payload = await source.thumbnail(ref, form, options);
  return toDelivery(payload, (given) => given.startsWith('image/'));
}

/** A rendered link never gives a native object, whatever the origin answers. */
function toDelivery(payload: SourcePayload, isWanted: (mediaType: string) => boolean): Delivery {
  const { mediaType, contentLength, body } = payload;
  if (!isWanted(mediaType)) {
    body.destroy();
    throw new FacadeError('REPRESENTATION_UNAVAILABLE', 'The origin renders this object in another form');
  }
  return { status: 200, contentType: mediaType, contentLength, body, ...seekableOf(payload) };
}

function parametersOf({ rendering }: LinkGrant): Omit<Rendering, 'mediaType'> {
  const { viewport, window, quality } = rendering ?? { viewport: null, window: null, quality: null };
  return {
    ...(viewport === null ? {} : { viewport: viewportOf(viewport) }),
    ...(window === null ? {} : { window }),
    ...(quality === null ? {} : { quality }),
  };
}

function viewportOf({ width, height, sourceX, sourceY, sourceWidth, sourceHeight }: LinkViewport): Viewport {
  return {
    width,
    height,
    ...(sourceX === null ? {} : { sourceX }),
    ...(sourceY === null ? {} : { sourceY }),
    ...(sourceWidth === null ? {} : { sourceWidth }),
    ...(sourceHeight === null ? {} : { sourceHeight }),
  };
}
