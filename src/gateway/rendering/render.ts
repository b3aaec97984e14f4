import { FacadeError, isCodedError } from '../../errors.ts';
import { isGivenByGateway, rendererOf, thumbnailMakerOf } from '../../origin/capabilities/rendering.ts';
import { isAboutTheWayOfAsking, isBadRequest } from '../../origin/first-acceptable.ts';
import type { Origin, RequestOptions } from '../../origin/origin.ts';
import { OriginError } from '../../origin/origin-errors.ts';
import type { Payload } from '../../origin/payload.ts';
import { type RenderedRef, type Rendering, retrieveRendered, type Viewport } from '../../origin/rendered.ts';
import { findRepresentative } from '../../origin/representative.ts';
import type { InstanceRef } from '../../origin/resource.ts';
import { retrieveThumbnail } from '../../origin/thumbnail.ts';
import type { Source } from '../source.ts';
import { openDocument } from './open-document.ts';
import type { Renderer } from './renderer.ts';

const pdf = 'application/pdf';

/**
 * A rendered form of an instance or a frame, of the origin where it has this form and obeys what is asked of it, else of the
 * gateway. Also where the origin answers that it cannot do it for this object. An instance of several frames is shown by its
 * first.
 *
 * @throws {FacadeError} REPRESENTATION_UNAVAILABLE: neither can; or what the origin and {@link Renderer} throw.
 */
export async function render(
  source: Source,
  ref: RenderedRef,
  rendering: Rendering,
  options: RequestOptions,
  renderer: Renderer,
): Promise<Payload> {
  const { origin } = source;
  const { mediaType, ...parameters } = rendering;
  const names = (['viewport', 'window', 'quality'] as const).filter((name) => parameters[name] !== undefined);
  const by = rendererOf(origin.capabilities, { mediaType, parameters: names });
  if (by === null) throw unavailable();
  const here = () => {
    const { frame, ...instance } = ref;
    if (!isInstance(instance)) throw unavailable();
    if (mediaType === pdf) return openDocument(source, instance, options);
    return renderer.draw(source, instance, frame ?? 1, rendering, options);
  };
  if (by === 'gateway') return here();
  const there = () => retrieveRendered(origin, ref, rendering, options);
  return insteadOf(origin, there, isGivenByGateway(origin.capabilities, mediaType) ? here : null);
}

/**
 * A small image of a study, series, instance or frame. Where the gateway makes it, that of a study or series is of the
 * instance that {@link findRepresentative} finds, and that of several frames is of the one in the middle.
 *
 * @throws As {@link render}.
 */
export async function renderSmall(
  source: Source,
  ref: RenderedRef,
  form: { readonly mediaType: string; readonly viewport?: Pick<Viewport, 'width' | 'height'> },
  options: RequestOptions,
  renderer: Renderer,
): Promise<Payload> {
  const { origin } = source;
  const by = thumbnailMakerOf(origin.capabilities, form.mediaType);
  if (by === null) throw unavailable();
  const here = async () => {
    const { frame = null, ...object } = ref;
    const instance = isInstance(object) ? object : await findRepresentative(origin, object, options);
    return renderer.drawSmall(source, instance, frame, form, options);
  };
  if (by === 'gateway') return here();
  const there = () => retrieveThumbnail(origin, ref, form, options);
  return insteadOf(origin, there, isGivenByGateway(origin.capabilities, form.mediaType) ? here : null);
}

/** The origin's answer, or what the gateway makes where the origin says that it cannot. */
async function insteadOf(
  origin: Origin,
  there: () => Promise<Payload>,
  here: (() => Promise<Payload>) | null,
): Promise<Payload> {
  try {
    return await there();
  } catch (error) {
    if (here === null || !mayBeMadeHere(error)) throw error;
    const payload = await here().catch((failure: unknown) => {
      throw moreTelling(error, failure);
    });
    // It has the object, so that the resource is what is missing. Other answers tell of one object.
    if (noSuchResource.has(error.status ?? 0)) {
      origin.learn([{ capability: 'rendering', supported: false, set: { rendering: false } }]);
    }
    return payload;
  }
}

const noSuchResource: ReadonlySet<number> = new Set([404, 405, 501]);

/** It is the origin's renderer that failed; not the network, the credentials or the whole origin. */
function mayBeMadeHere(error: unknown): error is OriginError {
  if (!(error instanceof OriginError)) return false;
  return (
    isAboutTheWayOfAsking(error) ||
    isBadRequest(error) ||
    error.code === 'NOT_FOUND' ||
    error.code === 'ORIGIN_RESPONSE'
  );
}

/** Where both failed: what may pass; else what the origin said, but for a 404 about what is there all the same. */
function moreTelling(theirs: OriginError, ours: unknown): unknown {
  if (!isCodedError(ours)) return ours;
  if (ours.code === 'UNAVAILABLE') return ours;
  return theirs.code === 'NOT_FOUND' ? ours : theirs;
}

const isInstance = (ref: Omit<RenderedRef, 'frame'>): ref is InstanceRef =>
  ref.series !== undefined && ref.instance !== undefined;

const unavailable = () =>
  new FacadeError('REPRESENTATION_UNAVAILABLE', 'Neither the origin nor the gateway renders this so');
