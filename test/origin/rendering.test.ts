import { describe, expect, test } from 'vitest';
import { transferSyntaxes } from '../../src/dicom/transfer-syntax.ts';
import type { Capabilities, ConfiguredCapabilities } from '../../src/origin/capabilities/capabilities.ts';
import { allGatewayFormats } from '../../src/origin/capabilities/capabilities.ts';
import { decodedSyntaxes, isDrawable } from '../../src/origin/capabilities/drawable.ts';
import type { ProfileName } from '../../src/origin/capabilities/profiles/profiles.ts';
import {
  renderedFormatsOf,
  rendererOf,
  thumbnailMakerOf,
  usualRendererOf,
} from '../../src/origin/capabilities/rendering.ts';
import { canDecode } from '../../src/render/decode-frame.ts';
import { renderFormats } from '../../src/render/render-frame.ts';
import { createTestOrigin } from '../support/origin-client.ts';
import { dataSetOf } from '../support/render.ts';

function capabilitiesOf(profile: ProfileName, capabilities: ConfiguredCapabilities = {}): Capabilities {
  const origin = createTestOrigin('http://127.0.0.1:1/dicom-web', { profile, capabilities });
  void origin.close();
  return origin.capabilities;
}

const plain = { parameters: [] };
const jpeg = 'image/jpeg';

describe('an image is rendered', () => {
  test.each([
    ['generic', jpeg, [], 'origin'],
    ['generic', jpeg, ['viewport', 'window', 'quality'], 'origin'],
    ['generic', 'image/webp', [], 'gateway'],
    ['generic', 'image/gif', [], null],
    ['generic', 'video/mp4', [], null],
    ['generic', 'text/html', [], null],
    ['generic', 'application/pdf', [], 'gateway'],
    ['embedded', 'image/webp', ['window'], 'origin'],
    ['google', jpeg, ['viewport'], 'origin'],
    ['google', jpeg, ['viewport', 'window'], 'gateway'],
    ['azure', 'image/png', ['quality'], 'origin'],
    ['azure', 'image/png', ['viewport'], 'gateway'],
    ['azure', 'application/pdf', [], null],
    ['aws-healthimaging', jpeg, [], 'gateway'],
    ['static-dicomweb', jpeg, [], 'gateway'],
  ] as const)('for %s as %s with %j by the %s', (profile, mediaType, parameters, renderer) => {
    expect(rendererOf(capabilitiesOf(profile), { mediaType, parameters })).toBe(renderer);
  });

  test('by the gateway where the origin is not to render, which is told with how it is known', () => {
    const capabilities = capabilitiesOf('orthanc', { rendering: false });
    expect(rendererOf(capabilities, { mediaType: jpeg, ...plain })).toBe('gateway');
    expect(thumbnailMakerOf(capabilities, jpeg)).toBe('gateway');
    expect(usualRendererOf(capabilities)).toBe('gateway');
    expect(capabilities.evidence.find(({ capability }) => capability === 'rendering')).toMatchObject({
      supported: false,
      how: 'configured',
    });
  });

  test('in formats that the origin gives by hand: GIF, video, HTML', () => {
    const given = [jpeg, 'image/gif', 'video/mp4', 'text/html'];
    const capabilities = capabilitiesOf('generic', { renderedFormats: given });
    expect(given.map((mediaType) => rendererOf(capabilities, { mediaType, ...plain }))).toEqual(
      given.map(() => 'origin'),
    );
    expect(renderedFormatsOf(capabilities)).toEqual([...given, 'image/png', 'image/webp', 'application/pdf']);
  });
});

describe('thumbnails are made', () => {
  test.each([
    ['generic', 'origin'],
    ['orthanc', 'origin'],
    ['google', 'origin'],
    ['azure', 'gateway'],
    ['aws-healthimaging', 'gateway'],
  ] as const)('for %s by the %s: small ones need a resource, or a viewport that is obeyed', (profile, maker) => {
    expect(thumbnailMakerOf(capabilitiesOf(profile), jpeg)).toBe(maker);
  });
});

describe('RENDERED and THUMBNAIL are among the representations', () => {
  const rendered = ['RENDERED', 'THUMBNAIL'];
  const formsOf = (capabilities: Capabilities) =>
    capabilities.representations.filter((representation) => rendered.includes(representation));

  test.each(['generic', 'google', 'azure', 'aws-healthimaging', 'static-dicomweb'] as const)('of %s', (profile) => {
    expect(formsOf(capabilitiesOf(profile))).toEqual(rendered);
  });

  test.each([
    ['the gateway is to draw nothing', { gatewayFormats: [] }],
    ['there are no frames to draw', { representations: ['NATIVE', 'METADATA'] }],
    ['there is no metadata to draw by', { representations: ['NATIVE', 'FRAMES'] }],
    ['the gateway gives documents alone', { gatewayFormats: ['application/pdf'] }],
  ] as const)('but where the origin has none and %s', (_, configured) => {
    const capabilities = capabilitiesOf('aws-healthimaging', configured);
    expect(formsOf(capabilities)).toEqual([]);
    expect(usualRendererOf(capabilities)).toBeNull();
    expect(rendererOf(capabilities, { mediaType: jpeg, ...plain })).toBeNull();
  });

  test('where the origin has some of them and the gateway draws nothing, those of the origin', () => {
    expect(formsOf(capabilitiesOf('google', { gatewayFormats: [] }))).toEqual(['RENDERED']);
  });

  test('of an origin that turned out not to render, and that it does not is evidence', async () => {
    await using origin = createTestOrigin('http://127.0.0.1:1/dicom-web');
    expect(usualRendererOf(origin.capabilities)).toBe('origin');
    origin.learn([{ capability: 'rendering', supported: false, set: { rendering: false } }]);
    expect(formsOf(origin.capabilities)).toEqual(rendered);
    expect(usualRendererOf(origin.capabilities)).toBe('gateway');
    expect(origin.capabilities.evidence).toContainEqual(
      expect.objectContaining({ capability: 'rendering', supported: false, how: 'probed' }),
    );
    origin.learn([{ capability: 'rendering', supported: true, set: { rendering: true } }]);
    expect(usualRendererOf(origin.capabilities)).toBe('origin');
  });

  test('by hand without RENDERED, the origin is not asked to render', () => {
    const capabilities = capabilitiesOf('generic', { representations: ['NATIVE', 'FRAMES', 'METADATA'] });
    expect([capabilities.rendering, usualRendererOf(capabilities)]).toEqual([false, 'gateway']);
  });
});

describe('what the gateway draws', () => {
  test('is what src/render decodes and encodes', () => {
    expect([...decodedSyntaxes].sort()).toEqual([...transferSyntaxes.keys()].filter(canDecode).sort());
    const pictures = allGatewayFormats.filter((mediaType) => mediaType.startsWith('image/'));
    expect(pictures).toEqual(renderFormats.map((format) => `image/${format}`));
  });

  const image = {
    '00280002': ['US', 1],
    '00280004': ['CS', 'MONOCHROME2'],
    '00280010': ['US', 100],
    '00280011': ['US', 100],
    '00280100': ['US', 16],
    '00083002': ['UI', '1.2.840.10008.1.2.4.80'],
  } as const;

  test.each([
    ['a grey image', {}, true],
    ['colour', { '00280002': ['US', 3], '00280004': ['CS', 'YBR_FULL_422'] }, true],
    ['colour of JPEG 2000', { '00280002': ['US', 3], '00280004': ['CS', 'YBR_RCT'] }, true],
    ['what is stored in two ways', { '00083002': ['UI', '1.2.840.10008.1.2.4.110', '1.2.840.10008.1.2.1'] }, true],
    ['JPEG XL', { '00083002': ['UI', '1.2.840.10008.1.2.4.110'] }, false],
    ['video', { '00083002': ['UI', '1.2.840.10008.1.2.4.102'] }, false],
    ['CMYK', { '00280002': ['US', 4], '00280004': ['CS', 'CMYK'] }, false],
    ['HSV', { '00280002': ['US', 3], '00280004': ['CS', 'HSV'] }, false],
    ['64 bits a sample', { '00280100': ['US', 64] }, false],
    ['10,001 pixels', { '00280010': ['US', 10_001], '00280011': ['US', 1] }, false],
  ] as const)('of %s', (_, attributes, expected) => {
    expect(isDrawable(dataSetOf({ ...image, ...attributes }), 10_000)).toBe(expected);
  });

  test('may be anything of which nothing is told', () => {
    expect(isDrawable(dataSetOf({}), 1)).toBe(true);
  });
});
