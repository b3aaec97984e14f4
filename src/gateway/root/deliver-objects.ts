import { explicitVrLittleEndian } from '../../dicom/transfer-syntax.ts';
import { isUid } from '../../dicom/uid.ts';
import type { LinkGrant } from '../../links/grant.ts';
import { acceptsMultipart, acceptsSingle, type MediaRange } from '../../mime/accept.ts';
import { renderedFormatsOf } from '../../origin/capabilities/rendering.ts';
import type { RequestOptions } from '../../origin/origin.ts';
import type { ObjectRef } from '../../origin/resource.ts';
import { deliverBulkData } from '../deliver-bulk-data.ts';
import { deliverNative as deliverNativeGrant } from '../deliver-native.ts';
import {
  deliverRendered as deliverRenderedGrant,
  deliverThumbnail as deliverThumbnailGrant,
} from '../deliver-rendered.ts';
import type { Delivery } from '../delivery.ts';
import type { Renderer } from '../rendering/renderer.ts';
import type { Source } from '../source.ts';
import { asMultipart, firstAvailable, framingOf, notAcceptable } from './negotiation.ts';
import { parseRendering, parseThumbnailRendering } from './rendering-parameters.ts';
import { resourceGrant } from './resource-grant.ts';
import type { RootParameters } from './root-parameters.ts';

const dicom = 'application/dicom';

interface NativeForm {
  readonly isSingle: boolean;
  /** null: as stored. */
  readonly transferSyntaxUID: string | null;
}

/**
 * A study, series or instance as DICOM files: parts of multipart/related, or an instance as one body.
 *
 * `application/dicom` without a transfer syntax is Explicit VR Little Endian by PS3.18 §8.7.3.5.2. Where the origin does not
 * transcode it is as stored, for that is better than nothing, and the Content-Type says which. Who takes any type gets the
 * stored object.
 */
export async function deliverNative(
  source: Source,
  root: LinkGrant,
  ref: ObjectRef,
  ranges: readonly MediaRange[],
  options: RequestOptions,
): Promise<Delivery> {
  return firstAvailable(
    nativeForms(ranges, ref.instance !== undefined),
    async ({ isSingle, transferSyntaxUID }) => {
      const grant = resourceGrant(root, 'NATIVE', ref, { transferSyntaxUID });
      const delivery = await deliverNativeGrant(source, grant, options);
      return isSingle || ref.instance === undefined ? delivery : asMultipart(dicom, delivery);
    },
    `Objects come as ${dicom}`,
  );
}

function* nativeForms(ranges: readonly MediaRange[], isInstance: boolean): Generator<NativeForm> {
  for (const range of ranges) {
    const isSingle = isInstance && acceptsSingle(range, dicom);
    if (!isSingle && !acceptsMultipart(range, dicom)) continue;
    const { transferSyntax, type } = range;
    if (isUid(transferSyntax)) yield { isSingle, transferSyntaxUID: transferSyntax };
    else if (transferSyntax === null && type !== '*') yield { isSingle, transferSyntaxUID: explicitVrLittleEndian };
    if (transferSyntax === '*' || transferSyntax === null) yield { isSingle, transferSyntaxUID: null };
  }
}

/** How a rendered form is asked for, and who draws what the origin does not. */
interface RenderingRequest {
  readonly parameters: RootParameters;
  readonly ranges: readonly MediaRange[];
  readonly renderer: Renderer;
}

/** @param frame - From 1; null: whatever the one who renders makes of the whole. */
export async function deliverRendered(
  source: Source,
  root: LinkGrant,
  { ref, frame }: { readonly ref: ObjectRef; readonly frame: number | null },
  { parameters, ranges, renderer }: RenderingRequest,
  options: RequestOptions,
): Promise<Delivery> {
  const rendering = parseRendering(parameters);
  const offered = renderedFormatsOf(source.origin.capabilities);
  return firstAvailable(
    acceptedFormats(ranges, offered),
    (mediaType) => {
      const grant = resourceGrant(root, 'RENDERED', ref, { frame, mediaType, rendering });
      return deliverRenderedGrant(source, grant, frame, options, renderer);
    },
    `Here is rendered to ${offered.join(', ')}`,
  );
}

/** An object that is not drawn as JPEG is not drawn as PNG either, but may be shown as a document: one type of each kind. */
function acceptedFormats(ranges: readonly MediaRange[], offered: readonly string[]): readonly string[] {
  const byKind = new Map<string, string>();
  for (const range of ranges) {
    for (const format of offered) {
      const [kind = ''] = format.split('/');
      if (acceptsSingle(range, format) && !byKind.has(kind)) byKind.set(kind, format);
    }
  }
  return [...byKind.values()];
}

/** @param frame - From 1; null: that which the one who renders takes for the whole. */
export async function deliverThumbnail(
  source: Source,
  root: LinkGrant,
  { ref, frame }: { readonly ref: ObjectRef; readonly frame: number | null },
  { parameters, ranges, renderer }: RenderingRequest,
  options: RequestOptions,
): Promise<Delivery> {
  const rendering = parseThumbnailRendering(parameters);
  const offered = renderedFormatsOf(source.origin.capabilities).filter((format) => format.startsWith('image/'));
  const [mediaType] = acceptedFormats(ranges, offered);
  if (mediaType === undefined) throw notAcceptable(`Thumbnails come as ${offered.join(', ')}`);
  const grant = resourceGrant(root, 'THUMBNAIL', ref, { frame, mediaType, rendering });
  return deliverThumbnailGrant(source, grant, frame, options, renderer);
}

/** @param granted - One attribute of one instance, as the root's BulkDataURI has it. */
export async function deliverValue(
  source: Source,
  granted: LinkGrant,
  ranges: readonly MediaRange[],
  options: RequestOptions,
): Promise<Delivery> {
  const delivery = await deliverBulkData(source, { ...granted, form: 'resource', methods: ['GET', 'HEAD'] }, options);
  const octets = 'application/octet-stream';
  const [mediaType = octets] = delivery.contentType.split(';', 1);
  const framing = framingOf(ranges, [mediaType, octets]);
  if (framing === 'single') return delivery;
  if (framing === 'multipart') return asMultipart(mediaType, delivery);
  delivery.body.destroy();
  throw notAcceptable(`This value comes as ${mediaType}`);
}
