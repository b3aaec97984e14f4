import { isWithoutPatientData, type LinkGrant, type LinkRendering, type LinkRepresentation } from './grant.ts';
import { LinkGrantError } from './link-error.ts';

/** Longest side of a rendered image that may be asked for, in pixels. */
export const maxViewportSide = 16_384;

const originGrammar = /^[\x21-\x7e]{1,64}$/;

/**
 * Parts of a grant that go together, so that what is signed is what the gateway can act on, and a native object is
 * never taken for a rendered one. The values' own grammar is the encoding's to check.
 *
 * @throws {LinkGrantError} They do not.
 */
export function checkGrant(grant: LinkGrant): void {
  if (!originGrammar.test(grant.origin)) throw new LinkGrantError('origin', 'is not an id');
  if (grant.notBefore >= grant.expiresAt) throw new LinkGrantError('expiry', 'is before the beginning');
  if (grant.form === 'upload') checkUpload(grant);
  else checkRead(grant);
}

function checkRead(grant: LinkGrant): void {
  checkLevels(grant);
  if (grant.maxBytes !== null) throw new LinkGrantError('maxBytes', 'is for uploads');
  if (grant.nonce !== null) throw new LinkGrantError('nonce', 'is for uploads');
  if (isWithoutPatientData(grant)) checkPixels(grant);
  if (grant.form === 'resource' || grant.form === 'template') checkObject(grant);
  else checkRoot(grant);
}

/** What holds attributes, or stands for several instances, is never given to one without patient data. */
function checkPixels({ form, representations, instance }: LinkGrant): void {
  if (form === 'root' || instance === null || !representations.every((one) => pixels.has(one))) {
    throw new LinkGrantError('version', 'is for pixels of one instance');
  }
}

const pixels: ReadonlySet<LinkRepresentation> = new Set(['FRAMES', 'RENDERED', 'THUMBNAIL']);

/** An upload takes files: of one study, or of any. It gives nothing. */
function checkUpload(grant: LinkGrant): void {
  if (grant.methods.join() !== 'POST') throw new LinkGrantError('methods', 'are not POST');
  if (grant.representations.length > 0) throw new LinkGrantError('representations', 'are not for uploads');
  for (const field of notOfUploads) {
    if (grant[field] !== null) throw new LinkGrantError(field, 'is not for uploads');
  }
  if (grant.maxBytes === null || grant.maxBytes < 1) throw new LinkGrantError('maxBytes', 'is not at least 1');
  if (grant.nonce === null) throw new LinkGrantError('nonce', 'is missing');
}

const notOfUploads = [
  'series',
  'instance',
  'frame',
  'frameCount',
  'attributePath',
  'originPath',
  'mediaType',
  'transferSyntaxUID',
  'rendering',
] as const;

function checkObject(grant: LinkGrant): void {
  const [representation, another] = grant.representations;
  if (representation === undefined || another !== undefined) throw new LinkGrantError('representations', 'are not one');
  if (grant.methods.join() !== 'GET,HEAD') throw new LinkGrantError('methods', 'are not GET and HEAD');
  if (grant.form === 'resource') checkResource(grant, representation);
  else checkTemplate(grant, representation);
  checkParameters(grant, representation);
}

/**
 * A root is for a study or a series, and leaves what is asked of it to the requests. Or it is the part of a root that
 * stands in a BulkDataURI: one attribute of one instance.
 */
function checkRoot(grant: LinkGrant): void {
  if (grant.methods.join() !== 'GET,HEAD,OPTIONS') throw new LinkGrantError('methods', 'are not GET, HEAD and OPTIONS');
  if (grant.representations.length === 0) throw new LinkGrantError('representations', 'are none');
  for (const field of ['frame', 'frameCount', 'mediaType', 'transferSyntaxUID', 'rendering'] as const) {
    if (grant[field] !== null) throw new LinkGrantError(field, 'is not for roots');
  }
  const isBulkData = grant.instance !== null;
  if (isBulkData && grant.representations.join() !== 'BULKDATA') {
    throw new LinkGrantError('instance', 'is below a root, which is for a study or a series');
  }
  if ((grant.attributePath !== null) !== isBulkData) {
    throw new LinkGrantError('attributePath', 'goes with an instance and with nothing else');
  }
  if (grant.originPath !== null && !isBulkData) throw new LinkGrantError('originPath', 'is for bulk data');
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
