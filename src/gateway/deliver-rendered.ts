import { FacadeError } from '../errors.ts';
import type { LinkGrant, LinkViewport } from '../links/grant.ts';
import type { RequestOptions } from '../origin/origin.ts';
import type { RenderedRef, Rendering, Viewport } from '../origin/rendered.ts';
import { representativeOf } from '../origin/representative.ts';
import type { Delivery } from './delivery.ts';
import { objectOf } from './granted-object.ts';
import { render, renderSmall } from './rendering/render.ts';
import type { Renderer } from './rendering/renderer.ts';
import { factsOf, type Source, type SourcePayload } from './source.ts';

const renderedByDefault = 'image/jpeg';

/** @param frame - From 1; null: whatever the one who renders makes of the whole. */
export async function deliverRendered(
  source: Source,
  grant: LinkGrant,
  frame: number | null,
  options: RequestOptions,
  renderer: Renderer,
): Promise<Delivery> {
  const rendering = { mediaType: grant.mediaType ?? renderedByDefault, ...parametersOf(grant) };
  const ref = refOf(grant, frame);
  const payload = await source.rendered(ref, rendering, options, (loading) =>
    render(source, ref, rendering, loading, renderer),
  );
  return toDelivery(payload, (given) => given === rendering.mediaType);
}

/** A small image; of which type is the origin's to say, where it makes it. */
export async function deliverThumbnail(
  source: Source,
  grant: LinkGrant,
  frame: number | null,
  options: RequestOptions,
  renderer: Renderer,
): Promise<Delivery> {
  const { viewport } = parametersOf(grant);
  const ref = await shownOf(source, refOf(grant, frame), options);
  const form = { mediaType: grant.mediaType ?? renderedByDefault, ...(viewport === undefined ? {} : { viewport }) };
  const payload = await source.thumbnail(ref, form, options, (loading) =>
    renderSmall(source, ref, form, loading, renderer),
  );
  return toDelivery(payload, (given) => given.startsWith('image/'));
}

const refOf = (grant: LinkGrant, frame: number | null): RenderedRef => ({
  ...objectOf(grant),
  ...(frame === null ? {} : { frame }),
});

/** Of a study or series of which not all may be seen, one instance that may. */
async function shownOf(source: Source, ref: RenderedRef, options: RequestOptions): Promise<RenderedRef> {
  if (ref.instance !== undefined || source.visibleBelow === null) return ref;
  const { study, series } = ref;
  const visible = await source.visibleBelow(series === undefined ? { study } : { study, series }, options);
  if (visible.length === 0) throw new FacadeError('NOT_FOUND', 'There is no such object');
  const shown = representativeOf(visible);
  if (shown === null) throw new FacadeError('REPRESENTATION_UNAVAILABLE', 'None of its instances is an image');
  return shown;
}

/** A rendered link never gives a native object, whatever the origin answers. */
function toDelivery(payload: SourcePayload, isWanted: (mediaType: string) => boolean): Delivery {
  const { mediaType, contentLength, body } = payload;
  if (!isWanted(mediaType)) {
    body.destroy();
    throw new FacadeError('REPRESENTATION_UNAVAILABLE', 'The origin renders this object in another form');
  }
  return { status: 200, contentType: mediaType, contentLength, body, ...factsOf(payload) };
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
