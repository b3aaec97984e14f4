import type { LinkRendering, LinkVoiFunction } from './grant.ts';

/** What may be asked of a rendered image; whatever is absent or null is left to the origin. */
export interface RenderingRequest {
  /** Default image/jpeg. */
  readonly mediaType?: string | null | undefined;
  /** Pixels, at most 16,384 a side; the image keeps its aspect. A negative source width or height flips. */
  readonly viewport?:
    | {
        readonly width: number;
        readonly height: number;
        readonly sourceX?: number | null | undefined;
        readonly sourceY?: number | null | undefined;
        readonly sourceWidth?: number | null | undefined;
        readonly sourceHeight?: number | null | undefined;
      }
    | null
    | undefined;
  readonly window?:
    | { readonly center: number; readonly width: number; readonly function?: LinkVoiFunction | null | undefined }
    | null
    | undefined;
  /** 1 to 100. */
  readonly quality?: number | null | undefined;
}

/** The one way to say a request: null where nothing is asked for, so that equal questions give equal links. */
export function toRendering({ viewport, window, quality }: RenderingRequest): LinkRendering | null {
  if (!viewport && !window && (quality ?? null) === null) return null;
  return {
    viewport: viewport
      ? {
          width: viewport.width,
          height: viewport.height,
          sourceX: viewport.sourceX ?? null,
          sourceY: viewport.sourceY ?? null,
          sourceWidth: viewport.sourceWidth ?? null,
          sourceHeight: viewport.sourceHeight ?? null,
        }
      : null,
    // Adding 0 makes -0 a 0: one number, one link.
    window: window ? { center: window.center + 0, width: window.width, function: window.function ?? 'linear' } : null,
    quality: quality ?? null,
  };
}
