import { randomBytes } from 'node:crypto';
import type { LinkGrant } from './grant.ts';
import type { LinkKeys } from './keys.ts';
import {
  linkLifetime,
  maxLinkLifetimeSeconds,
  minLinkLifetimeSeconds,
  minUploadLifetimeSeconds,
  uploadLifetime,
} from './lifetime.ts';
import { createLinks, type Links } from './links.ts';
import type { BulkDataRequest, InstanceRef, SignedUpload, UploadRequest } from './signed-url.ts';
import { signGrant } from './token.ts';

export interface LinkMinterOptions {
  readonly keys: LinkKeys;
  /** What every URL begins with: absolute, http or https, without query, fragment and user. */
  readonly publicUrl: string;
  /** How long a resource's link lives, in seconds: 240 to 600; default 600. */
  readonly resourceSeconds?: number;
  /** How long a template lives, in seconds: 240 to 3600; default 3600. */
  readonly templateSeconds?: number;
  /** How long a DICOMweb root lives, in seconds: 240 to 3600; default 3600. */
  readonly rootSeconds?: number;
  /** How long an upload may be begun, in seconds: 30 to 3600; default 600. */
  readonly uploadSeconds?: number;
  /** What a link minted now bears, asked at each; default 0. See {@link Revocations.epoch}. */
  readonly epoch?: () => number;
  /** How far the clocks of several processes may be apart, in seconds: 0 to 120; default 30. */
  readonly skewSeconds?: number;
  /** Whether all links are opaque; default false: those of principals for whom it is said. */
  readonly opaque?: boolean;
  /** Milliseconds since the epoch; default Date.now. */
  readonly clock?: () => number;
}

/** For whom links are minted. */
export interface LinkPrincipal {
  /** Goes into the link as a keyed hash. */
  readonly id: string;
  /** When the principal's own token ends, in seconds since the epoch: no link outlives it. */
  readonly expiresAt?: number;
  /** Its links show nothing of what they grant: no UID, origin, attribute or subject. */
  readonly opaque?: boolean;
  /** It may not see patient data: its links are opaque, say so, and lead to pixels of one instance alone; or they are uploads. */
  readonly withoutPatientData?: boolean;
}

/** The links of a principal, to read by and to store by. */
export interface PrincipalLinks extends Links {
  /** A link to send files to, once. Each is another, however often it is asked for. */
  upload(origin: string, request: UploadRequest): SignedUpload;
}

/** Made once; gives the links of a principal at every request. */
export interface LinkMinter {
  /** @throws {LinkGrantError} UNAUTHENTICATED: the principal's own token has ended. */
  linksFor(principal: LinkPrincipal): PrincipalLinks;
  /** Links on behalf of the one who was granted this: same subject, key, epoch and opacity, and never a later expiry. */
  linksWithin(grant: LinkGrant): Links;
  /**
   * The token that stands in a BulkDataURI below a root: one attribute of one instance, for as long as the root is good.
   * It is a root's grant narrowed down, and good for nothing but below that root.
   *
   * @throws {LinkGrantError} REPRESENTATION_UNAVAILABLE: too long for a URL.
   * @throws {LinkInvalidError} The root's key is gone, and the root with it.
   */
  bulkDataOfRoot(root: LinkGrant, ref: InstanceRef, request: BulkDataRequest): string;
  /** The base URL of the DICOMweb service that a root's token is for. */
  rootUrl(token: string): string;
}

/** The part of a grant that all links of one principal have in common. */
type Bearer = Pick<LinkGrant, 'version' | 'keyId' | 'subject' | 'epoch'>;

const methodsOf = {
  resource: ['GET', 'HEAD'],
  template: ['GET', 'HEAD'],
  root: ['GET', 'HEAD', 'OPTIONS'],
} as const;
/** An upload before it is said what it takes. */
const nothingGranted = {
  form: 'upload',
  methods: ['POST'],
  representations: [],
  series: null,
  instance: null,
  frame: null,
  frameCount: null,
  attributePath: null,
  originPath: null,
  mediaType: null,
  transferSyntaxUID: null,
  rendering: null,
} as const;
const routeOf = { resource: '/links/', template: '/links/', root: '/dicomweb/' } as const;
const maxSkewSeconds = 120;

/** @throws {RangeError} A public URL, lifetime or skew that is not as {@link LinkMinterOptions} says. */
export function createLinkMinter(options: LinkMinterOptions): LinkMinter {
  const { keys, clock = Date.now, skewSeconds = 30, epoch = () => 0, opaque: allOpaque = false } = options;
  const publicUrl = checkPublicUrl(options.publicUrl);
  const baseOf = {
    resource: publicUrl + routeOf.resource,
    template: publicUrl + routeOf.template,
    root: publicUrl + routeOf.root,
  };
  const resourceSeconds = checkLifetime('resource', options.resourceSeconds);
  const templateSeconds = checkLifetime('template', options.templateSeconds);
  const rootSeconds = checkLifetime('root', options.rootSeconds);
  const { uploadSeconds = 600 } = options;
  if (uploadSeconds < minUploadLifetimeSeconds || uploadSeconds > maxLinkLifetimeSeconds.upload) {
    throw new RangeError(`An upload lives ${minUploadLifetimeSeconds} to ${maxLinkLifetimeSeconds.upload} s`);
  }
  if (!Number.isInteger(skewSeconds) || skewSeconds < 0 || skewSeconds > maxSkewSeconds) {
    throw new RangeError(`The skew between clocks is 0 to ${maxSkewSeconds} s`);
  }

  function linksUntil(cap: number | undefined, bearer: Bearer, signing: LinkKeys): Links {
    const { version, keyId, subject } = bearer;
    const now = clock() / 1000;
    const lifetimes = {
      resource: linkLifetime(now, resourceSeconds, skewSeconds, cap),
      template: linkLifetime(now, templateSeconds, skewSeconds, cap),
      root: linkLifetime(now, rootSeconds, skewSeconds, cap),
    };
    const ends = {
      resource: new Date(lifetimes.resource.expiresAt * 1000),
      template: new Date(lifetimes.template.expiresAt * 1000),
      root: new Date(lifetimes.root.expiresAt * 1000),
    };
    return createLinks((form, representations, parts) => {
      const { notBefore, expiresAt } = lifetimes[form];
      // Field by field, not spread: a page of links is thousands of these.
      const grant: LinkGrant = {
        version,
        keyId,
        form,
        methods: methodsOf[form],
        representations,
        origin: parts.origin,
        study: parts.ref.study,
        series: parts.ref.series ?? null,
        instance: parts.ref.instance ?? null,
        frame: parts.frame ?? null,
        frameCount: parts.frameCount ?? null,
        attributePath: parts.attributePath ?? null,
        originPath: parts.originPath ?? null,
        mediaType: parts.mediaType ?? null,
        transferSyntaxUID: parts.transferSyntaxUID ?? null,
        rendering: parts.rendering ?? null,
        maxBytes: null,
        nonce: null,
        notBefore,
        expiresAt,
        subject,
        epoch: bearer.epoch,
      };
      return { url: baseOf[form] + signGrant(grant, signing), expiresAt: ends[form] };
    });
  }

  function upload(
    origin: string,
    { study = null, maxBytes }: UploadRequest,
    cap: number | undefined,
    bearer: Bearer,
    signing: LinkKeys,
  ): SignedUpload {
    const { notBefore, expiresAt } = uploadLifetime(clock() / 1000, uploadSeconds, skewSeconds, cap);
    const grant: LinkGrant = {
      ...nothingGranted,
      ...bearer,
      origin,
      study,
      maxBytes,
      nonce: randomBytes(16).toString('hex'),
      notBefore,
      expiresAt,
    };
    return { url: baseOf.resource + signGrant(grant, signing), expiresAt: new Date(expiresAt * 1000), maxBytes };
  }

  return {
    linksFor({ id, expiresAt, opaque = false, withoutPatientData = false }) {
      const signing = keys.snapshot(); // an operation that is under way when its key goes ends with it all the same
      const keyId = signing.currentKeyId;
      const bearer: Bearer = {
        version: withoutPatientData ? 3 : opaque || allOpaque ? 2 : 1,
        keyId,
        subject: signing.subject(keyId, id),
        // Not known is no reason to refuse what needs no link.
        get epoch() {
          return epoch();
        },
      };
      const links = linksUntil(expiresAt, bearer, signing);
      return { ...links, upload: (origin, request) => upload(origin, request, expiresAt, bearer, signing) };
    },
    linksWithin(grant) {
      return linksUntil(grant.expiresAt, grant, keys.snapshot());
    },
    rootUrl: (token) => baseOf.root + token,
    bulkDataOfRoot(root, { study, series, instance }, { attributePath, originPath }) {
      const narrowed = { study, series, instance, attributePath, originPath };
      return signGrant({ ...root, ...narrowed, representations: ['BULKDATA'] }, keys);
    },
  };
}

function checkPublicUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new RangeError('publicUrl is not an absolute http or https URL without query, fragment and user');
  }
  return url.href.replace(/\/+$/, '');
}

function checkLifetime(form: 'resource' | 'template' | 'root', seconds: number = maxLinkLifetimeSeconds[form]): number {
  if (!Number.isInteger(seconds) || seconds < minLinkLifetimeSeconds || seconds > maxLinkLifetimeSeconds[form]) {
    throw new RangeError(`A ${form} link lives ${minLinkLifetimeSeconds} to ${maxLinkLifetimeSeconds[form]} s`);
  }
  return seconds;
}
