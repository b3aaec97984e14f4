import { allRepresentations, type Capabilities, type RenderingParameter, type Representation } from './capabilities.ts';

/** Who makes a rendered form: the origin, or the gateway of what the origin has stored. */
export type Renderer = 'origin' | 'gateway';

/** What is asked of a rendered form, as far as it decides who makes it. */
export interface RenderedForm {
  readonly mediaType: string;
  readonly parameters: readonly RenderingParameter[];
}

const pdf = 'application/pdf';

/**
 * Who makes a form: the origin where it has the media type and obeys the parameters (one that it ignores would give another
 * image than asked for), else the gateway. null: neither of them.
 */
export function rendererOf(capabilities: Capabilities, { mediaType, parameters }: RenderedForm): Renderer | null {
  const { rendering, renderedFormats, renderingParameters } = capabilities;
  const isObeyed = parameters.every((parameter) => renderingParameters.includes(parameter));
  if (rendering && renderedFormats.includes(mediaType) && isObeyed) return 'origin';
  return isGivenByGateway(capabilities, mediaType) ? 'gateway' : null;
}

/** Who makes thumbnails of a media type: an origin without a resource for them has to obey a viewport. */
export function thumbnailMakerOf(capabilities: Capabilities, mediaType: string): Renderer | null {
  const { rendering, renderedFormats, renderingParameters, thumbnails } = capabilities;
  const isSmall = thumbnails || renderingParameters.includes('viewport');
  if (rendering && renderedFormats.includes(mediaType) && isSmall) return 'origin';
  return mediaType.startsWith('image/') && isGivenByGateway(capabilities, mediaType) ? 'gateway' : null;
}

/** Whether the gateway gives a media type, should the origin not: of what it has stored. */
export function isGivenByGateway({ gatewayFormats, representations }: Capabilities, mediaType: string): boolean {
  const stored = mediaType === pdf ? 'BULKDATA' : 'FRAMES';
  return gatewayFormats.includes(mediaType) && representations.includes('METADATA') && representations.includes(stored);
}

/** Every media type that there is, those of the origin first. */
export function renderedFormatsOf(capabilities: Capabilities): readonly string[] {
  const { rendering, renderedFormats, gatewayFormats } = capabilities;
  const given = gatewayFormats.filter((mediaType) => isGivenByGateway(capabilities, mediaType));
  return [...new Set([...(rendering ? renderedFormats : []), ...given])];
}

/** Who renders as a rule: what the one cannot, the other may. null: nobody. */
export function usualRendererOf(capabilities: Capabilities): Renderer | null {
  if (!capabilities.representations.includes('RENDERED')) return null;
  return capabilities.rendering ? 'origin' : 'gateway';
}

/** An origin's own forms, and those that the gateway adds or, where the origin is not asked to render, takes away. */
export function withRenderedForms(own: Capabilities): Capabilities {
  const stored = own.representations.filter((representation) => !isRendered(representation));
  const hasPictures = own.gatewayFormats.some((mediaType) => {
    return mediaType.startsWith('image/') && isGivenByGateway(own, mediaType);
  });
  if (!hasPictures) return own.rendering ? own : { ...own, representations: stored };
  const representations = allRepresentations.filter((form) => stored.includes(form) || isRendered(form));
  return { ...own, representations };
}

const isRendered = (representation: Representation): boolean =>
  representation === 'RENDERED' || representation === 'THUMBNAIL';
