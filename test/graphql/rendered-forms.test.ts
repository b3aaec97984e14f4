import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { profiles } from '../../src/origin/capabilities/profiles/profiles.ts';
import { type Attributes, dicomFile, tinyImage } from '../support/archive.ts';
import { type Answer, ableOrigin, startGraphql, type TestGraphql } from '../support/graphql.ts';

const storage = '1.2.840.10008.5.1.4.1.1';
const rle = '1.2.840.10008.1.2.5';
const h264 = '1.2.840.10008.1.2.4.102';
const jpegXl = '1.2.840.10008.1.2.4.110';

const fragments = { PixelData: { fragments: [Buffer.alloc(0), Buffer.alloc(100)] } };

/** One of each kind, by the name that it has here; SOP Instance UIDs are 1.1.1.N in this order. */
const kinds: Readonly<Record<string, readonly [attributes: Attributes, transferSyntaxUid?: string]>> = {
  image: [tinyImage],
  compressed: [{ ...tinyImage, ...fragments }, rle],
  'multi-frame': [{ ...tinyImage, NumberOfFrames: '2', PixelData: Uint16Array.of(0, 1, 2, 3, 4, 5, 6, 7) }],
  video: [{ ...tinyImage, ...fragments, SOPClassUID: `${storage}.77.1.1.1`, NumberOfFrames: '30' }, h264],
  'JPEG XL': [{ ...tinyImage, ...fragments }, jpegXl],
  CMYK: [{ ...tinyImage, SamplesPerPixel: 4, PhotometricInterpretation: 'CMYK' }],
  'parametric map': [{ ...tinyImage, SOPClassUID: `${storage}.30`, BitsAllocated: 32, NumberOfFrames: '1' }],
  report: [{ SOPClassUID: `${storage}.88.33` }],
  PDF: [{ SOPClassUID: `${storage}.104.1`, MIMETypeOfEncapsulatedDocument: 'application/pdf' }],
  CDA: [{ SOPClassUID: `${storage}.104.2`, MIMETypeOfEncapsulatedDocument: 'text/xml' }],
};
const names = Object.keys(kinds);

const files = Object.values(kinds).map(([attributes, transferSyntaxUid], index) =>
  dicomFile(
    {
      StudyInstanceUID: '1.1',
      SeriesInstanceUID: '1.1.1',
      SOPInstanceUID: `1.1.1.${index + 1}`,
      ...attributes,
    },
    transferSyntaxUid,
  ),
);

const every = ['image/jpeg', 'image/png', 'image/gif', 'video/mp4', 'application/pdf', 'text/html'];

let graphql: TestGraphql;
beforeAll(async () => {
  graphql = await startGraphql({
    archive: { files },
    capabilities: {
      // What it can do is not known but for what PS3.18 demands of all.
      plain: ableOrigin,
      embedded: { ...ableOrigin, ...profiles.embedded.capabilities },
      every: { ...ableOrigin, renderedFormats: every },
      none: { ...ableOrigin, rendering: false },
      nothing: { ...ableOrigin, rendering: false, gatewayFormats: [] },
      google: { ...ableOrigin, renderingParameters: ['viewport'] },
      // Rows do not tell how an object is stored, nor what colours it has.
      terse: { ...ableOrigin, rendering: false, includeField: false },
    },
  });
});
afterAll(() => graphql[Symbol.asyncDispose]());

async function outcomeOf(origin: string, name: string, field: string): Promise<string | null> {
  const instance = `1.1.1.${names.indexOf(name) + 1}`;
  const answer: Answer = await graphql.query(
    `{ instance(origin: "${origin}", studyInstanceUID: "1.1", seriesInstanceUID: "1.1.1", sopInstanceUID: "${instance}") {
      retrieve { form: ${field} } } }`,
  );
  const [error] = answer.errors ?? [];
  if (error) return String(error.extensions['code']);
  const { form } = answer.data.instance.retrieve;
  return form && (form.mediaType ?? form.rendered?.mediaType ?? null);
}

const rendered = (format: string) => `rendered(format: ${format}) { mediaType }`;
const unavailable = 'REPRESENTATION_UNAVAILABLE';

describe('a rendered form is minted, null for what has none of its kind, or refused', () => {
  test.each([
    // Pictures are of images.
    ['plain', 'image', 'JPEG', 'image/jpeg'],
    ['plain', 'image', 'WEBP', 'image/webp'],
    ['plain', 'report', 'JPEG', null],
    ['plain', 'PDF', 'PNG', null],
    ['plain', 'parametric map', 'PNG', null],
    ['plain', 'image', 'GIF', unavailable],
    ['every', 'image', 'GIF', 'image/gif'],
    ['every', 'multi-frame', 'GIF', 'image/gif'],
    // Of an origin that may decode anything, anything can be asked.
    ['plain', 'video', 'JPEG', 'image/jpeg'],
    ['plain', 'JPEG XL', 'JPEG', 'image/jpeg'],
    ['plain', 'CMYK', 'JPEG', 'image/jpeg'],
    // Formats of the gateway are of what it decodes.
    ['plain', 'compressed', 'WEBP', 'image/webp'],
    ['plain', 'video', 'WEBP', unavailable],
    ['plain', 'JPEG XL', 'WEBP', unavailable],
    ['plain', 'CMYK', 'WEBP', unavailable],
    ['none', 'image', 'JPEG', 'image/jpeg'],
    ['none', 'compressed', 'JPEG', 'image/jpeg'],
    ['none', 'video', 'JPEG', unavailable],
    ['none', 'JPEG XL', 'JPEG', unavailable],
    ['none', 'CMYK', 'JPEG', unavailable],
    ['terse', 'image', 'JPEG', 'image/jpeg'],
    ['nothing', 'image', 'JPEG', unavailable],
    // Of an origin whose decoders are known, nothing is asked that they cannot.
    ['embedded', 'compressed', 'JPEG', 'image/jpeg'],
    ['embedded', 'video', 'JPEG', unavailable],
    ['embedded', 'JPEG XL', 'PNG', unavailable],
    // Video is of several frames, where the origin makes any.
    ['plain', 'video', 'MP4', unavailable],
    ['every', 'video', 'MP4', 'video/mp4'],
    ['every', 'multi-frame', 'MP4', 'video/mp4'],
    ['every', 'image', 'MP4', null],
    ['every', 'report', 'MP4', null],
    // Documents are of what is no image; one that is a PDF is had without the origin making any.
    ['plain', 'PDF', 'PDF', 'application/pdf'],
    ['none', 'PDF', 'PDF', 'application/pdf'],
    ['embedded', 'PDF', 'PDF', 'application/pdf'],
    ['nothing', 'PDF', 'PDF', unavailable],
    ['plain', 'CDA', 'PDF', unavailable],
    ['plain', 'report', 'PDF', unavailable],
    ['embedded', 'report', 'PDF', unavailable],
    ['plain', 'report', 'HTML', unavailable],
    ['every', 'report', 'PDF', 'application/pdf'],
    ['every', 'report', 'HTML', 'text/html'],
    ['every', 'CDA', 'HTML', 'text/html'],
    ['every', 'image', 'PDF', null],
    ['every', 'image', 'HTML', null],
  ])('%s, %s as %s: %s', async (origin, kind, format, expected) => {
    expect(await outcomeOf(origin, kind, rendered(format))).toBe(expected);
  });

  test.each([
    ['every', 'image', 'JPEG', 'image/jpeg'],
    ['every', 'video', 'MP4', unavailable],
    ['every', 'multi-frame', 'PDF', unavailable],
    ['none', 'JPEG XL', 'PNG', unavailable],
  ])('%s, a frame of %s as %s: %s', async (origin, kind, format, expected) => {
    expect(await outcomeOf(origin, kind, `frame(number: 1) { ${rendered(format)} }`)).toBe(expected);
    expect(await outcomeOf(origin, kind, `renderedFrameTemplate(format: ${format}) { mediaType }`)).toBe(expected);
  });

  test.each([
    ['plain', 'image', 'image/jpeg'],
    ['none', 'image', 'image/jpeg'],
    ['none', 'video', unavailable],
    ['none', 'CMYK', unavailable],
    ['embedded', 'video', unavailable],
    ['nothing', 'image', unavailable],
    ['plain', 'report', null],
    ['none', 'report', null],
  ])('%s, a thumbnail of %s: %s', async (origin, kind, expected) => {
    expect(await outcomeOf(origin, kind, 'thumbnail { mediaType }')).toBe(expected);
  });

  test.each([
    ['google', 'compressed', '(window: { center: 1, width: 2 })', 'image/jpeg'],
    ['google', 'video', '(viewport: { width: 9, height: 9 })', 'image/jpeg'],
    ['google', 'video', '(window: { center: 1, width: 2 })', unavailable],
    ['google', 'video', '(quality: 5)', unavailable],
    ['none', 'image', '(viewport: { width: 8000, height: 4000 })', 'image/jpeg'],
    ['none', 'image', '(viewport: { width: 8193, height: 1 })', 'BAD_USER_INPUT'],
    ['none', 'image', '(viewport: { width: 8000, height: 8000 })', 'BAD_USER_INPUT'],
    ['plain', 'image', '(viewport: { width: 16384, height: 16384 })', 'image/jpeg'],
  ])('%s, %s with %s: %s', async (origin, kind, parameters, expected) => {
    expect(await outcomeOf(origin, kind, `rendered${parameters} { mediaType }`)).toBe(expected);
  });

  test('without a request for what a row does not tell', async () => {
    await outcomeOf('none', 'image', rendered('JPEG'));
    expect(graphql.requests).toHaveLength(1);
  });
});

test('a rendered form has no transfer syntax, whichever it is', async () => {
  const { data } = await graphql.query(`{ instance(sopInstanceUID: "1.1.1.3") { retrieve {
    rendered { transferSyntaxUID }
    thumbnail { transferSyntaxUID }
    frame(number: 1) { rendered { transferSyntaxUID } }
    renderedFrameTemplate { transferSyntaxUID }
  } } }`);
  const none = { transferSyntaxUID: null };
  expect(data.instance.retrieve).toEqual({
    rendered: none,
    thumbnail: none,
    frame: { rendered: none },
    renderedFrameTemplate: none,
  });
});

test('capabilities say who renders, and list its forms', async () => {
  const { data } = await graphql.query('{ origins { id capabilities { renderedBy representations } } }');
  const told = Object.fromEntries(
    data.origins.map(
      ({ id, capabilities }: { id: string; capabilities: { renderedBy: string; representations: string[] } }) => [
        id,
        [capabilities.renderedBy, capabilities.representations.includes('THUMBNAIL')],
      ],
    ),
  );
  expect(told).toMatchObject({
    plain: ['ORIGIN', true],
    embedded: ['ORIGIN', true],
    none: ['GATEWAY', true],
    nothing: [null, false],
  });
});
