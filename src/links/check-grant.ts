import type { LinkGrant, LinkRendering, LinkRepresentation } from './grant.ts';
import { LinkGrantError } from './link-error.ts';

/** Longest side of a rendered image that may be asked for, in pixels. */
export const maxViewportSide = 16_384;

const originGrammar = /^[\x21-\x7e]{1,64}$/;

/**
 * Parts of a grant that go together, so that what is signed is what the gateway can act on, and a native object is
 * never taken for a rendered one. The values' own grammar is the encoding's to check.
 *
 * @throws {LinkGrantError} They do not; or the form is not one of a resource or a template.
 */
export function checkGrant(grant: LinkGrant): void {
  if (!originGrammar.test(grant.origin)) throw new LinkGrantError('origin', 'is not an id');
  checkLevels(grant);
  const [representation, another] = grant.representations;
  if (representation === undefined || another !== undefined) throw new LinkGrantError('representations', 'are not one');
  if (!isRead(grant.methods)) throw new LinkGrantError('methods', 'are not GET and HEAD');
  if (grant.maxBytes !== null) throw new LinkGrantError('maxBytes', 'is for uploads');
  if (grant.notBefore >= grant.expiresAt) throw new LinkGrantError('expiry', 'is before the beginning');
  if (grant.form === 'resource') checkResource(grant, representation);
  else if (grant.form === 'template') checkTemplate(grant, representation);
  else throw new LinkGrantError('form', 'is not that of a resource or a template');
  checkParameters(grant, representation);
}

function isRead([first, second, third]: LinkGrant['methods']): boolean {
  return first === 'GET' && second === 'HEAD' && third === undefined;
}

function checkLevels({ study, series, instance }: LinkGrant): void {
  if (study === null) throw new LinkGrantError('study', 'is missing');
  if (series === null && instance !== null) throw new LinkGrantError('series', 'is missing');
}

function checkResource(grant: LinkGrant, representation: LinkRepresentation): void {
  if (grant.frameCount !== null) throw new LinkGrantError('frameCount', 'is for templates');
  const ofInstance = representation === 'FRAMES' || representation === 'BULKDATA' || grant.frame !== null;
  if (ofInstance && grant.instance === null) throw new LinkGrantError('instance', 'is missing');
  if (representation === 'FRAMES' && grant.frame === null) throw new LinkGrantError('frame', 'is missing');
  if (grant.frame !== null) {
    if (representation !== 'FRAMES' && representation !== 'RENDERED' && representation !== 'THUMBNAIL') {
      throw new LinkGrantError('frame', 'has no such representation');
    }
    if (grant.frame < 1) throw new LinkGrantError('frame', 'is counted from 1');
  }
}

function checkTemplate(grant: LinkGrant, representation: LinkRepresentation): void {
  if (grant.instance === null) throw new LinkGrantError('instance', 'is missing');
  if (grant.frame !== null) throw new LinkGrantError('frame', 'is not for templates');
  if (grant.frameCount === null || grant.frameCount < 1) throw new LinkGrantError('frameCount', 'is not at least 1');
  if (representation !== 'FRAMES' && representation !== 'RENDERED') {
    throw new LinkGrantError('representations', 'have no template');
  }
}

function checkParameters(grant: LinkGrant, representation: LinkRepresentation): void {
  const isRendered = representation === 'RENDERED' || representation === 'THUMBNAIL';
  if (grant.rendering !== null) {
    if (!isRendered) throw new LinkGrantError('rendering', 'is for rendered images');
    checkRendering(grant.rendering);
  }
  // PS3.18 §8.7.4: a rendered request has no transfer syntax, ever.
  if (grant.transferSyntaxUID !== null && representation !== 'NATIVE' && representation !== 'FRAMES') {
    throw new LinkGrantError('transferSyntaxUID', 'is for native objects and frames');
  }
  if ((grant.attributePath !== null) !== (representation === 'BULKDATA')) {
    throw new LinkGrantError('attributePath', 'goes with bulk data and with nothing else');
  }
  if (grant.originPath !== null && representation !== 'BULKDATA') {
    throw new LinkGrantError('originPath', 'is for bulk data');
  }
}

function checkRendering({ viewport, window, quality }: LinkRendering): void {
  if (viewport === null && window === null && quality === null) throw new LinkGrantError('rendering', 'is empty');
  if (viewport !== null) {
    for (const [field, side] of [
      ['viewport.width', viewport.width],
      ['viewport.height', viewport.height],
    ] as const) {
      if (side < 1 || side > maxViewportSide) throw new LinkGrantError(field, `is not from 1 to ${maxViewportSide}`);
    }
    if ((viewport.sourceX ?? 0) < 0) throw new LinkGrantError('viewport.sourceX', 'is negative');
    if ((viewport.sourceY ?? 0) < 0) throw new LinkGrantError('viewport.sourceY', 'is negative');
    if ((viewport.sourceWidth === null) !== (viewport.sourceHeight === null)) {
      throw new LinkGrantError('viewport.sourceWidth', 'and sourceHeight go together');
    }
    if (viewport.sourceWidth === 0) throw new LinkGrantError('viewport.sourceWidth', 'is 0');
    if (viewport.sourceHeight === 0) throw new LinkGrantError('viewport.sourceHeight', 'is 0');
  }
  // PS3.3 §C.11.2.1.2: a linear window is at least 1 wide, the other functions need only be wider than 0.
  if (window !== null && (window.function === 'linear' ? window.width < 1 : window.width <= 0)) {
    throw new LinkGrantError('window.width', 'is too narrow');
  }
  if (quality !== null && (quality < 1 || quality > 100)) throw new LinkGrantError('quality', 'is not from 1 to 100');
}
