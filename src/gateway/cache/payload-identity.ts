import type { WantedSyntax } from '../../origin/frame.ts';
import type { Origin } from '../../origin/origin.ts';
import type { RenderedRef, Rendering, Viewport } from '../../origin/rendered.ts';
import type { InstanceRef, ObjectRef } from '../../origin/resource.ts';
import type { ThumbnailForm } from '../../origin/thumbnail.ts';
import type { ValueRef } from '../source.ts';

export const keptRepresentations = ['NATIVE', 'FRAMES', 'BULKDATA', 'RENDERED', 'THUMBNAIL'] as const;
export type KeptRepresentation = (typeof keptRepresentations)[number];

/**
 * What a payload is, whoever asks for it and by whatever link: an object of an origin as it is shown to a caller, and the
 * form that was asked for. Nothing of a URL or of a signature is in it.
 */
export interface PayloadIdentity {
  readonly representation: KeptRepresentation;
  /** Id of the origin, then the study: what is purged together. */
  readonly study: readonly [origin: string, studyUid: string];
  /** All of it, in its one spelling. Two identities are the same if and only if their texts are. */
  readonly text: string;
}

export const nativeIdentity = (origin: Origin, ref: InstanceRef, { transferSyntax }: WantedSyntax) =>
  identityOf('NATIVE', origin, ref, [transferSyntax]);

export const frameIdentity = (origin: Origin, ref: InstanceRef, frame: number, { transferSyntax }: WantedSyntax) =>
  identityOf('FRAMES', origin, ref, [frame, transferSyntax]);

export const valueIdentity = (origin: Origin, { attributePath, originPath, ...ref }: ValueRef) =>
  identityOf('BULKDATA', origin, ref, [attributePath, originPath]);

/** Every parameter of the rendering is part of what a rendered image is. */
export function renderedIdentity(origin: Origin, ref: RenderedRef, rendering: Rendering): PayloadIdentity {
  const { mediaType, viewport, window, quality } = rendering;
  return identityOf('RENDERED', origin, ref, [
    ref.frame,
    mediaType.toLowerCase(),
    ...viewportOf(viewport),
    window?.center,
    window?.width,
    window?.function,
    quality,
  ]);
}

export const thumbnailIdentity = (origin: Origin, ref: RenderedRef, { mediaType, viewport }: ThumbnailForm) =>
  identityOf('THUMBNAIL', origin, ref, [ref.frame, mediaType?.toLowerCase(), viewport?.width, viewport?.height]);

type Part = string | number | null | undefined;

function viewportOf(viewport: Viewport | undefined): readonly Part[] {
  const { width, height, sourceX, sourceY, sourceWidth, sourceHeight } = viewport ?? {};
  const region = [sourceX, sourceY, sourceWidth, sourceHeight];
  return region.every((part) => part === undefined)
    ? [width, height, null, null, null, null]
    : [width, height, sourceX ?? 0, sourceY ?? 0, sourceWidth, sourceHeight];
}

function identityOf(
  representation: KeptRepresentation,
  { id, partition, config }: Origin,
  { study, series, instance }: ObjectRef,
  form: readonly Part[],
): PayloadIdentity {
  return {
    representation,
    study: [id, study],
    // An id may be given to another archive from one run to the next.
    text: JSON.stringify([representation, id, config.url, partition, study, series ?? null, instance ?? null, ...form]),
  };
}
