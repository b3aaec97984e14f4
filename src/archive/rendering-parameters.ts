import type { Viewport } from '../render/viewport.ts';
import type { VoiWindow } from '../render/voi-window.ts';
import { badRequest } from './problem.ts';
import type { Parameter } from './query-string.ts';

/** How a client wants an image drawn. What is out of range is refused when it is drawn, by src/render. */
export interface RenderingParameters {
  readonly viewport?: Viewport;
  readonly window?: VoiWindow;
  readonly quality?: number;
}

/**
 * Reads `viewport`, `window` and `quality`. Annotations and colour profiles are not supported, and refused: a client that
 * asks for the patient's name in the picture should not take one without it for it.
 *
 * @throws {ArchiveError} BAD_USER_INPUT: malformed, repeated, or another parameter.
 * @see PS3.18 §8.3.5.1
 */
export function parseRenderingParameters(parameters: readonly Parameter[]): RenderingParameters {
  const given = new Map(parameters);
  if (given.size !== parameters.length) throw badRequest('A rendering parameter is given twice');
  const viewport = given.get('viewport');
  const window = given.get('window');
  const quality = given.get('quality');
  for (const name of given.keys()) {
    if (!known.has(name)) throw badRequest('A rendering parameter is not supported: viewport, window and quality are');
  }
  return {
    ...(viewport !== undefined && { viewport: parseViewport(viewport) }),
    ...(window !== undefined && { window: parseWindow(window) }),
    ...(quality !== undefined && { quality: parseNumber(quality) }),
  };
}

const known = new Set(['accept', 'viewport', 'window', 'quality']);

/** `vw,vh` or `vw,vh,sx,sy,sw,sh`, where each of the last four may be empty. */
function parseViewport(text: string): Viewport {
  const parts = text.split(',');
  const [width = '', height = '', ...region] = parts;
  if (parts.length !== 2 && parts.length !== 6) throw badRequest('viewport is vw,vh or vw,vh,sx,sy,sw,sh');
  const [sourceX, sourceY, sourceWidth, sourceHeight] = region.map((part) => (part === '' ? null : parseNumber(part)));
  return {
    width: parseNumber(width),
    height: parseNumber(height),
    ...(typeof sourceX === 'number' && { sourceX }),
    ...(typeof sourceY === 'number' && { sourceY }),
    ...(typeof sourceWidth === 'number' && { sourceWidth }),
    ...(typeof sourceHeight === 'number' && { sourceHeight }),
  };
}

/** `center,width,function`, all three (PS3.18 §8.3.5.1.4). */
function parseWindow(text: string): VoiWindow {
  const [center = '', width = '', name, ...more] = text.split(',');
  if (more.length > 0 || (name !== 'linear' && name !== 'linear-exact' && name !== 'sigmoid')) {
    throw badRequest('window is center,width,function with linear, linear-exact or sigmoid');
  }
  return { center: parseNumber(center), width: parseNumber(width), function: name };
}

function parseNumber(text: string): number {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text))
    throw badRequest('A rendering parameter is not a number');
  return Number(text);
}
