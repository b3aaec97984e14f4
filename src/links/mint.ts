import type { LinkGrant, LinkRepresentation, LinkVoiFunction } from './grant.ts';
import type { LinkKeys } from './keys.ts';
import { linkLifetime, maxLinkLifetimeSeconds, minLinkLifetimeSeconds } from './lifetime.ts';
import { type RenderingRequest, toRendering } from './rendering.ts';
import { signGrant } from './token.ts';

export interface LinkMinterOptions {
  readonly keys: LinkKeys;
  /** What every URL begins with: absolute, http or https, without query and fragment. */
  readonly publicUrl: string;
  /** 240 to 600; default 600. */
  readonly resourceSeconds?: number;
  /** 240 to 3600; default 3600. */
  readonly templateSeconds?: number;
  /** How far the clocks of several processes may be apart; default 30. */
  readonly skewSeconds?: number;
  /** Milliseconds since the epoch; default Date.now. */
  readonly clock?: () => number;
}

/** For whom links are minted. */
export interface LinkPrincipal {
  /** Goes into the link as a keyed hash. */
  readonly id: string;
  /** When the principal's own token ends, in seconds since the epoch: no link outlives it. */
  readonly expiresAt?: number;
}

export interface StudyRef {
  readonly study: string;
  readonly series?: string;
  readonly instance?: string;
}

export interface InstanceRef {
  readonly study: string;
  readonly series: string;
  readonly instance: string;
}

/** SignedUrl of the schema. mediaType and transferSyntaxUID: null where only the retrieval will tell. */
export interface SignedUrl {
  readonly url: string;
  readonly expiresAt: Date;
  readonly mediaType: string | null;
  readonly transferSyntaxUID: string | null;
  readonly representation: LinkRepresentation;
}

/** SignedUrlTemplate of the schema: RFC 6570, expand `{frame}` with 1 to frameCount. */
export interface SignedUrlTemplate {
  readonly template: string;
  readonly frameCount: number;
  readonly expiresAt: Date;
  readonly mediaType: string | null;
  readonly transferSyntaxUID: string | null;
  readonly representation: LinkRepresentation;
}

export interface NativeRequest {
  /** Absent or null: as stored. */
  readonly transferSyntaxUID?: string | null | undefined;
  /** Of frames, where it is known. The gateway then refuses to serve another. */
  readonly mediaType?: string | null | undefined;
}

export type { LinkVoiFunction, RenderingRequest };

/**
 * Mints links for one principal at one moment. The same question within a bucket of 120 s gives the same URL.
 *
 * Every method throws {@link LinkGrantError}: BAD_USER_INPUT for a value out of range, REPRESENTATION_UNAVAILABLE for
 * paths too long for a URL.
 */
export interface Links {
  /** An instance as application/dicom; a study or a series as multipart/related. */
  native(origin: string, ref: StudyRef, request?: NativeRequest): SignedUrl;
  /** application/dicom+json. */
  metadata(origin: string, ref: StudyRef): SignedUrl;
  /** An image of at most `width` by `width` pixels. */
  thumbnail(origin: string, ref: StudyRef, request?: { readonly width?: number | null | undefined }): SignedUrl;
  /** The instance as its origin renders it: all of it, for a film or a document. */
  rendered(origin: string, ref: InstanceRef, request?: RenderingRequest): SignedUrl;
  /** @param frame - From 1. */
  frame(origin: string, ref: InstanceRef, frame: number, request?: NativeRequest): SignedUrl;
  /** @param frame - From 1. */
  renderedFrame(origin: string, ref: InstanceRef, frame: number, request?: RenderingRequest): SignedUrl;
  /** @param frameCount - At least 1. */
  frameTemplate(origin: string, ref: InstanceRef, frameCount: number, request?: NativeRequest): SignedUrlTemplate;
  /** @param frameCount - At least 1. */
  renderedFrameTemplate(
    origin: string,
    ref: InstanceRef,
    frameCount: number,
    request?: RenderingRequest,
  ): SignedUrlTemplate;
  bulkData(origin: string, ref: InstanceRef, request: BulkDataRequest): SignedUrl;
}

export interface BulkDataRequest {
  /** Where the attribute is in its instance, in the grammar of attribute paths. */
  readonly attributePath: string;
  /** Path and query below the origin's base URL, checked and rebased; null where the metadata holds the bytes. */
  readonly originPath: string | null;
  readonly mediaType?: string | null | undefined;
}

/** Mints links; made once, and asked for the links of a principal at every request. */
export interface LinkMinter {
  /** @throws {LinkGrantError} UNAUTHENTICATED: the principal's own token has ended. */
  linksFor(principal: LinkPrincipal): Links;
  /** Links on behalf of the one who was granted this: same subject, same key, same epoch, never later expiry. */
  linksWithin(grant: LinkGrant): Links;
}

/** @throws {RangeError} A public URL or a lifetime that is not as {@link LinkMinterOptions} says. */
export function createLinkMinter(options: LinkMinterOptions): LinkMinter {
  const { keys, clock = Date.now, skewSeconds = 30 } = options;
  const base = `${checkPublicUrl(options.publicUrl)}/links/`;
  const seconds = {
    resource: checkLifetime('resource', options.resourceSeconds),
    template: checkLifetime('template', options.templateSeconds),
  };

  function linksUntil(cap: number | undefined, common: Pick<LinkGrant, 'keyId' | 'subject' | 'epoch'>): Links {
    const now = clock() / 1000;
    const times = {
      resource: linkLifetime(now, seconds.resource, skewSeconds, cap),
      template: linkLifetime(now, seconds.template, skewSeconds, cap),
    };
    const sign = (form: 'resource' | 'template', grant: GrantParts): string =>
      base + signGrant({ ...nothing, ...common, ...times[form], form, ...grant }, keys);
    return createLinks(sign, {
      resource: new Date(times.resource.expiresAt * 1000),
      template: new Date(times.template.expiresAt * 1000),
    });
  }

  return {
    linksFor(principal) {
      const keyId = keys.currentKeyId;
      return linksUntil(principal.expiresAt, { keyId, subject: keys.subject(keyId, principal.id), epoch: 0 });
    },
    linksWithin({ keyId, subject, epoch, expiresAt }) {
      return linksUntil(expiresAt, { keyId, subject, epoch });
    },
  };
}

/** What differs from one link of a principal to the next. */
type GrantParts = Pick<LinkGrant, 'origin' | 'study' | 'representations'> &
  Partial<Omit<LinkGrant, 'form' | 'notBefore' | 'expiresAt' | 'subject' | 'epoch' | 'keyId'>>;

const nothing = {
  version: 1,
  methods: ['GET', 'HEAD'],
  series: null,
  instance: null,
  frame: null,
  frameCount: null,
  attributePath: null,
  originPath: null,
  mediaType: null,
  transferSyntaxUID: null,
  rendering: null,
  maxBytes: null,
} as const satisfies Partial<LinkGrant>;

function createLinks(
  sign: (form: 'resource' | 'template', grant: GrantParts) => string,
  expiry: { readonly resource: Date; readonly template: Date },
): Links {
  function signedUrl(representation: LinkRepresentation, grant: Omit<GrantParts, 'representations'>): SignedUrl {
    const url = sign('resource', { ...grant, representations: [representation] });
    const { mediaType = null, transferSyntaxUID = null } = grant;
    return { url, expiresAt: expiry.resource, mediaType, transferSyntaxUID, representation };
  }

  function signedTemplate(
    representation: LinkRepresentation,
    path: string,
    frameCount: number,
    grant: Omit<GrantParts, 'representations'>,
  ): SignedUrlTemplate {
    const template = sign('template', { ...grant, frameCount, representations: [representation] }) + path;
    const { mediaType = null, transferSyntaxUID = null } = grant;
    return { template, frameCount, expiresAt: expiry.template, mediaType, transferSyntaxUID, representation };
  }

  return {
    native: (origin, ref, { transferSyntaxUID = null } = {}) =>
      signedUrl('NATIVE', {
        ...objectOf(origin, ref),
        mediaType: ref.instance === undefined ? 'multipart/related; type="application/dicom"' : 'application/dicom',
        transferSyntaxUID,
      }),
    metadata: (origin, ref) => signedUrl('METADATA', { ...objectOf(origin, ref), mediaType: 'application/dicom+json' }),
    thumbnail: (origin, ref, { width = null } = {}) =>
      signedUrl('THUMBNAIL', {
        ...objectOf(origin, ref),
        mediaType: 'image/jpeg',
        rendering: toRendering(width === null ? {} : { viewport: { width, height: width } }),
      }),
    rendered: (origin, ref, request = {}) =>
      signedUrl('RENDERED', {
        ...objectOf(origin, ref),
        mediaType: request.mediaType ?? 'image/jpeg',
        rendering: toRendering(request),
      }),
    frame: (origin, ref, frame, { transferSyntaxUID = null, mediaType = null } = {}) =>
      signedUrl('FRAMES', { ...objectOf(origin, ref), frame, mediaType, transferSyntaxUID }),
    renderedFrame: (origin, ref, frame, request = {}) =>
      signedUrl('RENDERED', {
        ...objectOf(origin, ref),
        frame,
        mediaType: request.mediaType ?? 'image/jpeg',
        rendering: toRendering(request),
      }),
    frameTemplate: (origin, ref, frameCount, { transferSyntaxUID = null, mediaType = null } = {}) =>
      signedTemplate('FRAMES', '/frames/{frame}', frameCount, {
        ...objectOf(origin, ref),
        mediaType,
        transferSyntaxUID,
      }),
    renderedFrameTemplate: (origin, ref, frameCount, request = {}) =>
      signedTemplate('RENDERED', '/frames/{frame}/rendered', frameCount, {
        ...objectOf(origin, ref),
        mediaType: request.mediaType ?? 'image/jpeg',
        rendering: toRendering(request),
      }),
    bulkData: (origin, ref, { attributePath, originPath, mediaType = null }) =>
      signedUrl('BULKDATA', { ...objectOf(origin, ref), attributePath, originPath, mediaType }),
  };
}

/** Only the four names, whatever else the reference holds. */
function objectOf(origin: string, { study, series, instance }: StudyRef) {
  return { origin, study, series: series ?? null, instance: instance ?? null };
}

function checkPublicUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new RangeError('publicUrl is not an absolute http or https URL without query, fragment and user');
  }
  return url.href.replace(/\/+$/, '');
}

function checkLifetime(form: 'resource' | 'template', seconds: number = maxLinkLifetimeSeconds[form]): number {
  if (!Number.isInteger(seconds) || seconds < minLinkLifetimeSeconds || seconds > maxLinkLifetimeSeconds[form]) {
    throw new RangeError(`A ${form} link lives ${minLinkLifetimeSeconds} to ${maxLinkLifetimeSeconds[form]} s`);
  }
  return seconds;
}
