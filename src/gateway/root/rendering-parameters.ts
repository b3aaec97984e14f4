import type { LinkRendering } from '../../links/grant.ts';
import { toRendering } from '../../links/rendering.ts';
import { allowOnly, badParameter, type RootParameters } from './root-parameters.ts';

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * Reads `viewport`, `window` and `quality`. What is out of range is refused where the grant is checked. Annotations and
 * colour profiles are refused: who asks for the patient's name in the picture is not to take one without it for it.
 *
 * @throws {FacadeError} BAD_USER_INPUT: malformed, or another parameter.
 * @see PS3.18 §8.3.5.1
 */
export function parseRendering(parameters: RootParameters): LinkRendering | null {
  allowOnly(parameters, ['accept', 'viewport', 'window', 'quality']);
  const [viewport, window, quality] = ['viewport', 'window', 'quality'].map((name) => parameters.get(name)?.[0]);
  return toRendering({
    viewport: viewport === undefined ? null : parseViewport(viewport),
    window: window === undefined ? null : parseWindow(window),
    quality: quality === undefined ? null : whole(quality),
  });
}

/** A thumbnail takes a size alone. */
export function parseThumbnailRendering(parameters: RootParameters): LinkRendering | null {
  allowOnly(parameters, ['accept', 'viewport']);
  const rendering = parseRendering(parameters);
  const { sourceX = null, sourceY = null, sourceWidth = null } = rendering?.viewport ?? {};
  if (sourceX !== null || sourceY !== null || sourceWidth !== null) {
    throw badParameter('A thumbnail takes viewport=vw,vh only');
  }
  return rendering;
}

/** `vw,vh` or `vw,vh,sx,sy,sw,sh`, where each of the last four may be empty. */
function parseViewport(text: string) {
  const parts = text.split(',');
  const [width = '', height = '', ...region] = parts;
  if (parts.length !== 2 && parts.length !== 6) throw badParameter('viewport is vw,vh or vw,vh,sx,sy,sw,sh');
  const [sourceX, sourceY, sourceWidth, sourceHeight] = region.map((part) => (part === '' ? null : whole(part)));
  return { width: whole(width), height: whole(height), sourceX, sourceY, sourceWidth, sourceHeight };
}

/** `center,width,function`, all three (PS3.18 §8.3.5.1.4). */
function parseWindow(text: string) {
  const [center = '', width = '', name, ...more] = text.split(',');
  if (more.length > 0 || (name !== 'linear' && name !== 'linear-exact' && name !== 'sigmoid')) {
    throw badParameter('window is center,width,function with linear, linear-exact or sigmoid');
  }
  return { center: number(center), width: number(width), function: name } as const;
}

function number(text: string): number {
  const value = decimal.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw badParameter('A rendering parameter is not a number');
  return value;
}

/** In pixels or percent. */
function whole(text: string): number {
  const value = number(text);
  if (!Number.isSafeInteger(value)) throw badParameter('A rendering parameter is not a whole number');
  return value + 0; // -0 is 0
}
