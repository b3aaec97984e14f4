import { type LinkGrant, type LinkRepresentation, linkRepresentations } from './grant.ts';
import { type RenderingRequest, toRendering } from './rendering.ts';
import type {
  BulkDataRequest,
  FrameRequest,
  InstanceRef,
  NativeRequest,
  ObjectRef,
  SignedDicomwebRoot,
  SignedUrl,
  SignedUrlTemplate,
  StudyOrSeriesRef,
  ThumbnailRequest,
} from './signed-url.ts';

/**
 * The links of one principal at one moment. The same question within a bucket of 120 s gives the same URL.
 *
 * Every method throws {@link LinkGrantError}: BAD_USER_INPUT for a value out of range, REPRESENTATION_UNAVAILABLE for
 * paths too long for a URL.
 */
export interface Links {
  /** An instance as application/dicom; a study or a series as multipart/related. */
  native(origin: string, ref: ObjectRef, request?: NativeRequest): SignedUrl;
  /** application/dicom+json. */
  metadata(origin: string, ref: ObjectRef): SignedUrl;
  /** image/jpeg. */
  thumbnail(origin: string, ref: ObjectRef, request?: ThumbnailRequest): SignedUrl;
  /** The instance as its origin renders it: all of it, for a film or a document. */
  rendered(origin: string, ref: InstanceRef, request?: RenderingRequest): SignedUrl;
  /** @param frame - From 1. */
  frame(origin: string, ref: InstanceRef, frame: number, request?: FrameRequest): SignedUrl;
  /** @param frame - From 1. */
  renderedFrame(origin: string, ref: InstanceRef, frame: number, request?: RenderingRequest): SignedUrl;
  /** @param frameCount - At least 1. */
  frameTemplate(origin: string, ref: InstanceRef, frameCount: number, request?: FrameRequest): SignedUrlTemplate;
  /** @param frameCount - At least 1. */
  renderedFrameTemplate(
    origin: string,
    ref: InstanceRef,
    frameCount: number,
    request?: RenderingRequest,
  ): SignedUrlTemplate;
  bulkData(origin: string, ref: InstanceRef, request: BulkDataRequest): SignedUrl;
  /**
   * A read-only DICOMweb service for a study or a series.
   *
   * @param representations - At least one; searches need METADATA.
   */
  dicomwebRoot(
    origin: string,
    ref: StudyOrSeriesRef,
    representations: readonly LinkRepresentation[],
  ): SignedDicomwebRoot;
}

/** What one link says beyond its form, its times and its principal; what is absent is null in the grant. */
export interface LinkParts
  extends Partial<
    Pick<
      LinkGrant,
      'frame' | 'frameCount' | 'attributePath' | 'originPath' | 'mediaType' | 'transferSyntaxUID' | 'rendering'
    >
  > {
  readonly origin: string;
  readonly ref: ObjectRef;
}

/** A form that is minted here, with a way to sign it: the URL up to the token's end, and when that expires. */
export type SignParts = (
  form: 'resource' | 'template' | 'root',
  representations: readonly LinkRepresentation[],
  parts: LinkParts,
) => { readonly url: string; readonly expiresAt: Date };

const renderedByDefault = 'image/jpeg';

export function createLinks(sign: SignParts): Links {
  function resource(representation: LinkRepresentation, parts: LinkParts): SignedUrl {
    const { url, expiresAt } = sign('resource', [representation], parts);
    const { mediaType = null, transferSyntaxUID = null } = parts;
    return { url, expiresAt, mediaType, transferSyntaxUID, representation };
  }

  function template(
    representation: LinkRepresentation,
    path: string,
    frameCount: number,
    parts: LinkParts,
  ): SignedUrlTemplate {
    const { url, expiresAt } = sign('template', [representation], { ...parts, frameCount });
    const { mediaType = null, transferSyntaxUID = null } = parts;
    return { template: url + path, frameCount, expiresAt, mediaType, transferSyntaxUID, representation };
  }

  return {
    native(origin, ref, { transferSyntaxUID = null } = {}) {
      const isInstance = ref.instance !== undefined;
      const mediaType = isInstance ? 'application/dicom' : 'multipart/related; type="application/dicom"';
      return resource('NATIVE', { origin, ref, mediaType, transferSyntaxUID });
    },
    metadata(origin, ref) {
      return resource('METADATA', { origin, ref, mediaType: 'application/dicom+json' });
    },
    thumbnail(origin, ref, { width = null } = {}) {
      const rendering = toRendering({ viewport: width === null ? null : { width, height: width } });
      return resource('THUMBNAIL', { origin, ref, mediaType: renderedByDefault, rendering });
    },
    rendered(origin, ref, request = {}) {
      const mediaType = request.mediaType ?? renderedByDefault;
      return resource('RENDERED', { origin, ref, mediaType, rendering: toRendering(request) });
    },
    frame(origin, ref, frame, { transferSyntaxUID = null, mediaType = null } = {}) {
      return resource('FRAMES', { origin, ref, frame, mediaType, transferSyntaxUID });
    },
    renderedFrame(origin, ref, frame, request = {}) {
      const mediaType = request.mediaType ?? renderedByDefault;
      return resource('RENDERED', { origin, ref, frame, mediaType, rendering: toRendering(request) });
    },
    frameTemplate(origin, ref, frameCount, { transferSyntaxUID = null, mediaType = null } = {}) {
      const parts = { origin, ref, mediaType, transferSyntaxUID };
      return template('FRAMES', '/frames/{frame}', frameCount, parts);
    },
    renderedFrameTemplate(origin, ref, frameCount, request = {}) {
      const mediaType = request.mediaType ?? renderedByDefault;
      const parts = { origin, ref, mediaType, rendering: toRendering(request) };
      return template('RENDERED', '/frames/{frame}/rendered', frameCount, parts);
    },
    bulkData(origin, ref, { attributePath, originPath, mediaType = null }) {
      return resource('BULKDATA', { origin, ref, attributePath, originPath, mediaType });
    },
    dicomwebRoot(origin, ref, asked) {
      const representations = linkRepresentations.filter((representation) => asked.includes(representation));
      const { url, expiresAt } = sign('root', representations, { origin, ref });
      return { url, expiresAt, representations };
    },
  };
}
