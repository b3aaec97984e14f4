import { isUid } from '../../dicom/uid.ts';
import type { LinkGrant } from '../../links/grant.ts';
import { LinkInvalidError } from '../../links/link-error.ts';
import { redeemLink } from '../../links/redeem.ts';
import type { RequestOptions } from '../../origin/origin.ts';
import { type InstanceRef, type ObjectRef, resourcePath, type SeriesRef } from '../../origin/resource.ts';
import { answerRead } from '../answer.ts';
import { defaultReaderBounds } from '../bytes/reader-pace.ts';
import { deliverMetadata, type MetadataAddresses } from '../deliver-metadata.ts';
import type { Delivery } from '../delivery.ts';
import type { Gateway, GatewayOptions } from '../gateway.ts';
import { originOf } from '../granted-origin.ts';
import { hidingOrigin } from '../hidden-origin.ts';
import { directSource, type Source } from '../source.ts';
import { deliverFrames } from './deliver-frames.ts';
import { deliverNative, deliverRendered, deliverThumbnail, deliverValue } from './deliver-objects.ts';
import { deliverSearch } from './deliver-search.ts';
import { jsonTypeOf, rangesOf } from './negotiation.ts';
import { allowOnly, parseRootParameters, type RootParameters } from './root-parameters.ts';
import { findRootResource, type RootResource, type RootScope, representationOf } from './root-resource.ts';
import { readRootSearch } from './root-search.ts';
import { parseRootTarget } from './root-target.ts';
import { createScopeMembers } from './scope-members.ts';

/** How long a client may keep what a study or series holds, in seconds: more may come to it. A search it asks again. */
const maxAgeSeconds = 600;

/** One request below a root, taken apart and within what the root grants. */
interface RootRequest {
  readonly root: LinkGrant;
  readonly scope: RootScope;
  readonly token: string;
  readonly resource: RootResource;
  readonly parameters: RootParameters;
  readonly accept: string | undefined;
  /** Seconds since the epoch. */
  readonly now: number;
}

/**
 * A read-only DICOMweb service for one study or one series (PS3.18 §10.4, §10.6), for clients that speak DICOMweb
 * themselves. The token in its base URL is verified before anything else is done; UIDs of the study, and of the series where
 * the root is for one, come from what was signed; no address in an answer leads out of it.
 */
export function createRootGateway({
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
}: GatewayOptions): Gateway {
  const members = createScopeMembers();

  return (request, response) =>
    answerRead(
      request,
      response,
      async (signal, audited) => {
        response.appendHeader('vary', 'Accept');
        const now = clock() / 1000;
        const target = parseRootTarget(request.url ?? '');
        if (target === null) throw new LinkInvalidError();
        const { token } = target;
        const root = redeemLink(token, 'root', now, granted);
        const scope = scopeOf(root);
        const resource = findRootResource(target.segments, scope);
        const representation = representationOf[resource.kind];
        audited.grants(root, token, resource.kind === 'search' ? 'SEARCH' : representation);
        if (!root.representations.includes(representation)) throw new LinkInvalidError();
        await admit?.(root, resource.kind === 'search' ? 'SEARCH' : representation, response);
        const parameters = parseRootParameters(target.query);
        const { accept } = request.headers;
        const asked = { root, scope, token, resource, parameters, accept, now };
        const delivery = await deliver(asked, { signal }).catch(hidingOrigin(root));
        const isSearch = resource.kind === 'search';
        return { delivery, maxAgeSeconds: isSearch ? 0 : Math.min(root.expiresAt - now, maxAgeSeconds) };
      },
      { onError, readers, audit },
    );

  async function deliver(asked: RootRequest, options: RequestOptions): Promise<Delivery> {
    const { root, scope, resource, parameters } = asked;
    const origin = originOf(root, granted);
    const everything = sourceOf(origin);
    const source = (await policy?.open(root, representationOf[resource.kind], everything)) ?? everything;
    const ranges = rangesOf(asked.accept, parameters);
    if (resource.kind === 'search') {
      const search = readRootSearch(resource, scope, parameters, origin);
      const rootUrl = minter.rootUrl(asked.token);
      const checkSeries = (ref: SeriesRef) => members.check(everything, ref, options);
      const surroundings = { rootUrl, contentType: jsonTypeOf(ranges), grantScope: scope, checkSeries };
      return deliverSearch(source, search, surroundings, options);
    }
    if (resource.kind === 'rendered' || resource.kind === 'thumbnail') {
      await checkMember(everything, scope, resource.ref, options);
      const work = resource.kind === 'rendered' ? deliverRendered : deliverThumbnail;
      return work(source, root, resource, { parameters, ranges, renderer }, options);
    }
    allowOnly(parameters, ['accept']);
    if (resource.kind === 'metadata') {
      const contentType = jsonTypeOf(ranges);
      const learn = (ref: InstanceRef) => members.learn(origin, ref);
      const delivery = await deliverMetadata(source, resource.ref, addressesBelow(asked), options, learn);
      return { ...delivery, contentType };
    }
    if (resource.kind === 'bulkdata') {
      return deliverValue(source, valueGrant(asked, resource.ref, resource.token), ranges, options);
    }
    await checkMember(everything, scope, resource.ref, options);
    if (resource.kind === 'frames') return deliverFrames(source, resource.ref, resource.frames, ranges, options);
    return deliverNative(source, root, resource.ref, ranges, options);
  }

  /** UIDs that the client wrote below those that are signed. */
  async function checkMember(
    source: Source,
    scope: RootScope,
    { study, series, instance }: ObjectRef,
    options: RequestOptions,
  ): Promise<void> {
    if (series === undefined || (instance === undefined && 'series' in scope)) return;
    await members.check(source, instance === undefined ? { study, series } : { study, series, instance }, options);
  }

  function addressesBelow({ root, token }: RootRequest): MetadataAddresses {
    const rootUrl = minter.rootUrl(token);
    const isGranted = root.representations.includes('BULKDATA');
    return {
      bulkDataUrl: (ref, request) =>
        isGranted ? `${rootUrl}${resourcePath(ref)}/bulkdata/${minter.bulkDataOfRoot(root, ref, request)}` : null,
      retrieveUrl: (ref) => rootUrl + resourcePath(ref),
    };
  }

  /** @throws {LinkInvalidError} Not a value of this instance, or of another root. */
  function valueGrant({ root, now }: RootRequest, ref: InstanceRef, token: string): LinkGrant {
    const grant = redeemLink(token, 'root', now, granted);
    const isOfRoot =
      grant.origin === root.origin &&
      grant.subject === root.subject &&
      grant.epoch === root.epoch &&
      grant.expiresAt === root.expiresAt;
    const isOfInstance = grant.study === ref.study && grant.series === ref.series && grant.instance === ref.instance;
    if (!isOfRoot || !isOfInstance) throw new LinkInvalidError();
    return grant;
  }
}

/** @throws {LinkInvalidError} The token of a value below a root, which is no root itself. */
function scopeOf({ study, series, instance }: LinkGrant): RootScope {
  if (!isUid(study) || instance !== null) throw new LinkInvalidError();
  if (series === null) return { study };
  if (!isUid(series)) throw new LinkInvalidError();
  return { study, series };
}
