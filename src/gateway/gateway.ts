import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LinkAudit, LinkRequest } from '../audit/link-audit.ts';
import { FacadeError } from '../errors.ts';
import type { LinkGrant } from '../links/grant.ts';
import { LinkInvalidError } from '../links/link-error.ts';
import type { Links } from '../links/links.ts';
import type { LinkMinter } from '../links/mint.ts';
import { type LinkAuthority, redeemLink } from '../links/redeem.ts';
import type { Origin, RequestOptions } from '../origin/origin.ts';
import type { Admit } from './admission.ts';
import { answerRead } from './answer.ts';
import { defaultReaderBounds, type ReaderBounds } from './bytes/reader-pace.ts';
import { deliverBulkData } from './deliver-bulk-data.ts';
import { deliverMetadata, type MetadataAddresses } from './deliver-metadata.ts';
import { deliverFrame, deliverNative } from './deliver-native.ts';
import { deliverRendered, deliverThumbnail } from './deliver-rendered.ts';
import type { Delivery } from './delivery.ts';
import { objectOf } from './granted-object.ts';
import { type GrantedOrigins, originOf } from './granted-origin.ts';
import { hidingOrigin } from './hidden-origin.ts';
import { linkDisposition } from './link-disposition.ts';
import { type LinkTarget, parseLinkTarget } from './link-target.ts';
import type { LinkPolicy } from './policy/link-policy.ts';
import type { Renderer } from './rendering/renderer.ts';
import type { Answer } from './send.ts';
import { directSource, type Source } from './source.ts';

export interface GatewayOptions extends GrantedOrigins, LinkAuthority {
  /** Mints the links that stand in metadata. */
  readonly minter: LinkMinter;
  /** Milliseconds since the epoch; default Date.now. */
  readonly clock?: () => number;
  /** Draws what origins do not. Who gives it closes it. */
  readonly renderer: Renderer;
  /** How slowly a client may read; default: 1,000 bytes a second over a minute. */
  readonly readers?: ReaderBounds;
  /** What is before an origin; default: nothing. */
  readonly sourceOf?: (origin: Origin) => Source;
  /** Whether a link may still be opened, and what is seen by it; default: by whoever has it, everything. */
  readonly policy?: LinkPolicy | undefined;
  /** Whether it is not too often; default: it never is. */
  readonly admit?: Admit | undefined;
  /** Where it is told who opens what; default: nowhere. */
  readonly audit?: LinkAudit | undefined;
  /**
   * Told of what is no error for the client to know: faults of ours, and bodies that broke off after their headers. With the
   * X-Request-Id of the answer, where it has one.
   */
  readonly onError?: (error: unknown, requestId?: string) => void;
}

/** Answers a request whose path begins with /links/. Never rejects. */
export type Gateway = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * From a signed link to streamed bytes. The link is verified before anything else is done; the origin's request is built
 * from what was signed.
 *
 * @param uploads - Answers POST. Without it, there is none: 405.
 */
export function createGateway(
  {
    minter,
    clock = Date.now,
    onError = () => {},
    readers = defaultReaderBounds,
    renderer,
    sourceOf = directSource,
    policy,
    admit,
    audit,
    ...granted
  }: GatewayOptions,
  uploads?: Gateway,
): Gateway {
  return (request, response) => {
    if (request.method === 'POST' && uploads !== undefined) return uploads(request, response);
    return answerRead(request, response, (signal, audited) => read(request.url ?? '', response, signal, audited), {
      onError,
      readers,
      audit,
    });
  };

  async function read(
    url: string,
    response: ServerResponse,
    signal: AbortSignal,
    audited: LinkRequest,
  ): Promise<Answer> {
    const now = clock() / 1000;
    const target = parseLinkTarget(url);
    if (target === null) throw new LinkInvalidError();
    const grant = redeemLink(target.token, target.form, now, granted);
    audited.grants(grant, target.token, grant.representations.join(' '));
    await admit?.(grant, grant.representations[0] ?? 'NATIVE', response);
    const frame = frameOf(target, grant);
    const delivery = await deliver(grant, frame, { signal }).catch(hidingOrigin(grant));
    const { contentType } = delivery;
    const disposition = linkDisposition(grant, { download: target.download, frame, contentType });
    return { delivery, maxAgeSeconds: grant.expiresAt - now, disposition };
  }

  async function deliver(grant: LinkGrant, frame: number | null, options: RequestOptions): Promise<Delivery> {
    const [representation] = grant.representations;
    if (representation === undefined) throw new LinkInvalidError();
    const everything = sourceOf(originOf(grant, granted));
    const source = (await policy?.open(grant, representation, everything)) ?? everything;
    switch (representation) {
      case 'NATIVE':
        return deliverNative(source, grant, options);
      case 'FRAMES':
        if (frame === null) throw new LinkInvalidError();
        return deliverFrame(source, grant, frame, options);
      case 'RENDERED':
        return deliverRendered(source, grant, frame, options, renderer);
      case 'THUMBNAIL':
        return deliverThumbnail(source, grant, frame, options, renderer);
      case 'BULKDATA':
        return deliverBulkData(source, grant, options);
      case 'METADATA':
        return deliverMetadata(source, objectOf(grant), linkedFrom(grant, minter.linksWithin(grant)), options);
    }
  }
}

/**
 * The frame that is asked for, within what is granted.
 *
 * @throws {LinkInvalidError} The path is that of another representation.
 * @throws {FacadeError} BAD_USER_INPUT: no such frame, or a query that a link does not take.
 */
function frameOf(target: LinkTarget, grant: LinkGrant): number | null {
  const isRendered = grant.representations[0] === 'RENDERED';
  if (target.form === 'template' && target.rendered !== isRendered) throw new LinkInvalidError();
  if (target.hasQuery && !target.download) {
    throw new FacadeError('BAD_USER_INPUT', 'A link takes no query parameter but download');
  }
  if (target.frame === null) return grant.frame;
  const frame = /^[1-9][0-9]{0,9}$/.test(target.frame) ? Number(target.frame) : Number.NaN;
  const { frameCount } = grant;
  if (frameCount !== null && frame <= frameCount) return frame;
  throw new FacadeError('BAD_USER_INPUT', 'Not a frame of this link', { argument: 'frame' });
}

/** Links on behalf of the one who was granted the metadata; they do not outlive the grant. */
const linkedFrom = ({ origin }: LinkGrant, links: Links): MetadataAddresses => ({
  bulkDataUrl: (ref, request) => links.bulkData(origin, ref, request).url,
  retrieveUrl: null,
});
