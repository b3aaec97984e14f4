import type { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { frameCountOf, hasPixels, isRenderable } from '../dicom/sop-class.ts';
import { FacadeError } from '../errors.ts';
import type { RenderingRequest } from '../links/rendering.ts';
import { drawableTags, isDrawable, isDrawnViewport, isStoredIn } from '../origin/capabilities/drawable.ts';
import { isGivenByGateway, type Renderer, rendererOf, thumbnailMakerOf } from '../origin/capabilities/rendering.ts';
import type { Origin } from '../origin/origin.ts';
import type { FieldDeclaration } from '../planner/declaration.ts';
import type { InstanceNode } from '../planner/nodes.ts';
import { kindOfNode, kindTags, requireRepresentation } from './retrieve.ts';

export type RenderedFormat = 'JPEG' | 'PNG' | 'WEBP' | 'GIF' | 'MP4' | 'PDF' | 'HTML';

/** What a form shows: a picture of a frame, all frames of an image, or what is no image (PS3.18 Table 8.7.4-1). */
type Shown = 'picture' | 'video' | 'document';

const formats: Readonly<Record<RenderedFormat, { readonly mediaType: string; readonly shows: Shown }>> = {
  JPEG: { mediaType: 'image/jpeg', shows: 'picture' },
  PNG: { mediaType: 'image/png', shows: 'picture' },
  WEBP: { mediaType: 'image/webp', shows: 'picture' },
  GIF: { mediaType: 'image/gif', shows: 'picture' },
  MP4: { mediaType: 'video/mp4', shows: 'video' },
  PDF: { mediaType: 'application/pdf', shows: 'document' },
  HTML: { mediaType: 'text/html', shows: 'document' },
};

export interface RenderedArguments {
  readonly format?: RenderedFormat | null | undefined;
  readonly viewport?: RenderingRequest['viewport'];
  readonly window?:
    | {
        readonly center: number;
        readonly width: number;
        readonly function?: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID' | null | undefined;
      }
    | null
    | undefined;
  readonly quality?: number | null | undefined;
}

const functions = { LINEAR: 'linear', LINEAR_EXACT: 'linear-exact', SIGMOID: 'sigmoid' } as const;
const sopClassUid = tagOf('SOPClassUID');
const encapsulatedPdf = '1.2.840.10008.5.1.4.1.1.104.1';
const thumbnailType = 'image/jpeg';

/** For every field that mints rendered forms: what is not among {@link kindTags} is used where it comes with them. */
export const readsDrawable: FieldDeclaration = { reads: [...new Set([...kindTags, ...drawableTags])] };

/**
 * What a rendered form of an instance, or of one of its frames, is asked for. Null: an object of its kind has no such form.
 *
 * @param maxPixels - Most that the gateway draws.
 * @throws {FacadeError} REPRESENTATION_UNAVAILABLE: neither the origin nor the gateway renders to this media type, obeys these
 *   parameters, or draws this object, as far as a row or metadata tells. BAD_USER_INPUT: a viewport too large to be drawn.
 */
export async function renderedFormOf(
  node: InstanceNode,
  of: 'instance' | 'frame',
  { format, viewport = null, window = null, quality = null }: RenderedArguments,
  maxPixels: number,
): Promise<RenderingRequest | null> {
  const { origin } = node.loaders;
  const { mediaType, shows } = formats[format ?? 'JPEG'];
  requireRepresentation(origin, 'RENDERED');
  const parameters = Object.entries({ viewport, window, quality }).flatMap(([name, value]) =>
    value === null ? [] : [name as 'viewport' | 'window' | 'quality'],
  );
  const renderer = rendererOf(origin.capabilities, { mediaType, parameters });
  if (renderer === null || (of === 'frame' && shows !== 'picture')) throw notRenderedTo(origin, format ?? 'JPEG');
  const dataSet = await kindOfNode(node);
  if (!hasForm(dataSet, shows)) return null;
  if (!canBeRendered(origin, renderer, mediaType, dataSet, maxPixels)) throw notRendered(origin, 'RENDERED');
  if (renderer === 'gateway' && viewport && !isDrawnViewport(viewport, maxPixels)) {
    throw new FacadeError('BAD_USER_INPUT', 'The viewport has more pixels than are drawn', {
      argument: 'viewport',
      limit: maxPixels,
    });
  }
  return {
    mediaType,
    viewport,
    window: window
      ? { center: window.center, width: window.width, function: functions[window.function ?? 'LINEAR'] }
      : null,
    quality,
  };
}

/**
 * Whether an instance has a thumbnail. False: it is no image.
 *
 * @throws {FacadeError} REPRESENTATION_UNAVAILABLE: as {@link renderedFormOf}.
 */
export async function hasThumbnail(node: InstanceNode, maxPixels: number): Promise<boolean> {
  const { origin } = node.loaders;
  requireRepresentation(origin, 'THUMBNAIL');
  const maker = thumbnailMakerOf(origin.capabilities, thumbnailType);
  if (maker === null) throw notRendered(origin, 'THUMBNAIL');
  const dataSet = await kindOfNode(node);
  if (!hasForm(dataSet, 'picture')) return false;
  if (!canBeRendered(origin, maker, thumbnailType, dataSet, maxPixels)) throw notRendered(origin, 'THUMBNAIL');
  return true;
}

/** What is not known may be. */
function hasForm(dataSet: DataSet, shows: Shown): boolean {
  const completeness = { isComplete: true };
  if (shows === 'document') return hasPixels(dataSet, completeness) !== true;
  if (isRenderable(dataSet, completeness) === false) return false;
  return shows === 'picture' || frameCountOf(dataSet, completeness) !== 1;
}

/** Whether an object can be rendered, by what is known of it: by the origin, or else by the gateway. */
function canBeRendered(
  { capabilities }: Origin,
  renderer: Renderer,
  mediaType: string,
  dataSet: DataSet,
  maxPixels: number,
): boolean {
  const { renderedSyntaxes } = capabilities;
  if (renderer === 'origin' && (renderedSyntaxes === null || isStoredIn(dataSet, renderedSyntaxes))) return true;
  if (!isGivenByGateway(capabilities, mediaType)) return false;
  return mediaType.startsWith('image/')
    ? isDrawable(dataSet, maxPixels)
    : (dataSet.text(sopClassUid) ?? encapsulatedPdf) === encapsulatedPdf;
}

const notRenderedTo = (origin: Origin, format: RenderedFormat) =>
  new FacadeError('REPRESENTATION_UNAVAILABLE', `This is not rendered to ${format}, or not with these parameters`, {
    origin: origin.id,
    representation: 'RENDERED',
    argument: 'format',
  });

const notRendered = (origin: Origin, representation: 'RENDERED' | 'THUMBNAIL') =>
  new FacadeError('REPRESENTATION_UNAVAILABLE', 'Neither the origin nor the gateway renders this object', {
    origin: origin.id,
    representation,
  });
