import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Attributes, dicomFile, startTestArchive, type TestArchive, tinyImage } from '../support/archive.ts';
import { type Answer, startGraphql, type TestGraphql } from '../support/graphql.ts';
import { type SwitchableOrigin, type Switches, startSwitchableOrigin } from '../support/switchable-origin.ts';
import { vendorSwitches } from '../support/vendor-origins.ts';

/** Transfer syntaxes by the names that they have here (PS3.6 Table A-1). */
const syntaxes = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  jpeg: '1.2.840.10008.1.2.4.50',
  jpegLs: '1.2.840.10008.1.2.4.80',
  jpeg2000: '1.2.840.10008.1.2.4.90',
  jpeg2000part2: '1.2.840.10008.1.2.4.92',
  h264: '1.2.840.10008.1.2.4.102',
  jpegXl: '1.2.840.10008.1.2.4.110',
  jpegXlOfJpeg: '1.2.840.10008.1.2.4.111',
  htj2k: '1.2.840.10008.1.2.4.202',
  rle: '1.2.840.10008.1.2.5',
} as const;
type Syntax = keyof typeof syntaxes;

const fragments = { fragments: [Buffer.alloc(0), Buffer.alloc(100)] };
/** How each instance is stored; SOP Instance UIDs are 1.1.1.N in this order. */
const stored: readonly (readonly [Syntax, Attributes])[] = [
  ['explicit', {}],
  ['implicit', {}],
  ['rle', { PixelData: fragments }],
  ['jpegLs', { PixelData: fragments }],
  ['h264', { PixelData: fragments, NumberOfFrames: '30' }],
];
const files = stored.map(([syntax, attributes], index) =>
  dicomFile(
    {
      ...tinyImage,
      StudyInstanceUID: '1.1',
      SeriesInstanceUID: '1.1.1',
      SOPInstanceUID: `1.1.1.${index + 1}`,
      ...attributes,
    },
    syntaxes[syntax],
  ),
);

const vendors = { ...vendorSwitches, embedded: {}, generic: {} };
type Vendor = keyof typeof vendors;
const unavailable = 'REPRESENTATION_UNAVAILABLE';

let archive: TestArchive;
let graphql: TestGraphql;
const origins: Partial<Record<Vendor | 'silent', SwitchableOrigin>> = {};
const closers: AsyncDisposable[] = [];

beforeAll(async () => {
  archive = await startTestArchive({ files });
  const start = async (name: Vendor | 'silent', switches: Switches) => {
    const origin = await startSwitchableOrigin(archive.url, switches);
    closers.push(origin);
    origins[name] = origin;
    return origin.url;
  };
  const configured: Record<string, { url: string; profile: Vendor }> = {};
  for (const name of Object.keys(vendors) as Vendor[])
    configured[name] = { url: await start(name, vendors[name]), profile: name };
  // Neither its rows nor its metadata tell how an object is stored.
  const metadata = { study: 'main tags', series: 'main tags', instance: 'main tags' } as const;
  configured['silent'] = { url: await start('silent', { ignoresIncludeField: true, metadata }), profile: 'azure' };
  graphql = await startGraphql({ capabilities: {}, origins: configured });
});
afterAll(async () => {
  await graphql[Symbol.asyncDispose]();
  for (const closer of closers) await closer[Symbol.asyncDispose]();
  await archive.close();
});

const lookUp = (origin: Vendor | 'silent', syntax: Syntax, fields: string): Promise<Answer> => {
  const instance = `1.1.1.${stored.findIndex(([name]) => name === syntax) + 1}`;
  return graphql.query(
    `{ instance(origin: "${origin}", studyInstanceUID: "1.1", seriesInstanceUID: "1.1.1",
      sopInstanceUID: "${instance}") { retrieve { ${fields} } } }`,
  );
};

/** The transfer syntax that a link was signed for, or the code that it was refused with. */
async function outcomeOf(origin: Vendor, syntax: Syntax, field: string): Promise<string> {
  const { data, errors } = await lookUp(origin, syntax, field);
  if (errors) return String(errors[0]?.extensions['code']);
  const { frame, frames, link } = data.instance.retrieve;
  return (frame?.link ?? frames?.[0].link ?? link).transferSyntaxUID;
}

const native = (wanted: Syntax) => `link: native(transferSyntaxUID: "${syntaxes[wanted]}") { transferSyntaxUID }`;
const formsOfFrames = (wanted: Syntax) => [
  `frame(number: 1) { ${native(wanted)} }`,
  `frames(numbers: [1]) { ${native(wanted)} }`,
  `link: frameTemplate(transferSyntaxUID: "${syntaxes[wanted]}") { transferSyntaxUID }`,
];

describe('a native object is linked to in a transfer syntax that it is stored in or converted to, and in no other', () => {
  test.each<[Vendor, Syntax, Syntax, boolean]>([
    // Files are served as they are.
    ['embedded', 'rle', 'rle', true],
    ['embedded', 'implicit', 'implicit', true],
    ['embedded', 'h264', 'h264', true],
    ['embedded', 'rle', 'explicit', false],
    ['embedded', 'explicit', 'jpeg2000', false],
    ['static-dicomweb', 'rle', 'rle', true],
    ['static-dicomweb', 'rle', 'explicit', false],
    ['aws-healthimaging', 'rle', 'explicit', true],
    ['aws-healthimaging', 'explicit', 'htj2k', true],
    ['aws-healthimaging', 'jpegLs', 'jpegLs', true],
    ['aws-healthimaging', 'rle', 'jpeg', false],
    ['azure', 'rle', 'jpeg2000', true],
    ['azure', 'rle', 'jpeg', false],
    // What it does not convert from has the form that it is stored in.
    ['azure', 'jpegLs', 'explicit', false],
    ['azure', 'jpegLs', 'jpegLs', true],
    ['google', 'rle', 'jpegXl', true],
    ['google', 'rle', 'jpegXlOfJpeg', true],
    ['google', 'rle', 'deflated', true],
    ['google', 'rle', 'jpeg2000part2', false],
    ['google', 'h264', 'explicit', false],
    ['google', 'h264', 'h264', true],
    ['orthanc', 'rle', 'jpeg2000', true],
    ['orthanc', 'rle', 'deflated', true],
    ['orthanc', 'rle', 'htj2k', false],
    ['orthanc', 'rle', 'jpegLs', false],
    ['orthanc', 'jpegLs', 'jpegLs', true],
    // Of these it is not known what they convert.
    ['dcm4chee-arc', 'rle', 'htj2k', true],
    ['generic', 'h264', 'htj2k', true],
  ])('%s: stored as %s, asked for as %s: %s', async (origin, syntax, wanted, isGiven) => {
    expect(await outcomeOf(origin, syntax, native(wanted))).toBe(isGiven ? syntaxes[wanted] : unavailable);
  });
});

describe('frames are linked to in a transfer syntax that they are stored in or converted to, and in no other', () => {
  test.each<[Vendor, Syntax, Syntax, boolean]>([
    ['embedded', 'rle', 'rle', true],
    ['embedded', 'rle', 'explicit', true],
    ['embedded', 'rle', 'jpeg2000', false],
    ['embedded', 'h264', 'h264', true],
    // What it cannot decode comes as stored.
    ['embedded', 'h264', 'explicit', false],
    // Frames that are not compressed are Explicit VR Little Endian, whatever the object around them is (PS3.18 §8.7.3.3.2).
    ['embedded', 'implicit', 'explicit', true],
    ['embedded', 'implicit', 'implicit', false],
    ['static-dicomweb', 'implicit', 'explicit', true],
    ['static-dicomweb', 'rle', 'rle', true],
    ['static-dicomweb', 'rle', 'explicit', false],
    ['aws-healthimaging', 'rle', 'jpeg2000', true],
    ['aws-healthimaging', 'rle', 'jpegLs', false],
    ['azure', 'rle', 'explicit', true],
    ['azure', 'jpegLs', 'explicit', false],
    ['google', 'rle', 'jpegLs', true],
    ['google', 'rle', 'jpegXlOfJpeg', false],
    ['google', 'rle', 'deflated', false],
    ['orthanc', 'rle', 'jpeg', true],
    ['orthanc', 'rle', 'jpegLs', false],
    ['dcm4chee-arc', 'rle', 'implicit', true],
    ['generic', 'rle', 'htj2k', true],
  ])('%s: stored as %s, asked for as %s: %s', async (origin, syntax, wanted, isGiven) => {
    const outcomes: string[] = [];
    for (const field of formsOfFrames(wanted)) outcomes.push(await outcomeOf(origin, syntax, field));
    expect(outcomes).toEqual(Array(3).fill(isGiven ? syntaxes[wanted] : unavailable));
  });
});

test('a refusal names the argument and the form, and what comes without it', async () => {
  const { errors } = await lookUp('embedded', 'rle', `native(transferSyntaxUID: "${syntaxes.jpeg}") { url }`);
  expect(errors).toMatchObject([
    {
      message: expect.stringContaining('without transferSyntaxUID it comes as stored'),
      path: ['instance', 'retrieve', 'native'],
      extensions: { code: unavailable, origin: 'embedded', representation: 'NATIVE', argument: 'transferSyntaxUID' },
    },
  ]);
});

test('where an origin does not tell how an object is stored, it comes in what all are converted to, and as it is unnamed', async () => {
  const { data, errors } = await lookUp(
    'silent',
    'rle',
    `stored: native { transferSyntaxUID }
    converted: native(transferSyntaxUID: "${syntaxes.explicit}") { transferSyntaxUID }
    named: native(transferSyntaxUID: "${syntaxes.rle}") { transferSyntaxUID }`,
  );
  expect(data.instance.retrieve).toEqual({
    stored: { transferSyntaxUID: null },
    converted: { transferSyntaxUID: syntaxes.explicit },
    named: null,
  });
  expect(errors?.map(({ extensions }) => extensions['code'])).toEqual([unavailable]);
});

describe('what a link in a transfer syntax costs', () => {
  const ofSeries = (origin: Vendor, fields: string): Promise<Answer> =>
    graphql.query(`{ study(origin: "${origin}", studyInstanceUID: "1.1") {
      series { nodes { instances { nodes { retrieve { ${fields} } } } } } } }`);
  const asked = (origin: Vendor): string[] => origins[origin]?.requests ?? [];
  const refused = `native(transferSyntaxUID: "${syntaxes.jpeg2000part2}") { url }`;

  test.each<[Vendor, string]>([
    ['embedded', refused],
    ['google', refused],
    ['embedded', `frameTemplate(transferSyntaxUID: "${syntaxes.jpeg2000part2}") { template }`],
    ['embedded', `frame(number: 1) { ${refused} }`],
  ])('%s, refused for %s: nothing beyond the searches of the instances', async (origin, fields) => {
    await ofSeries(origin, 'native { url }');
    asked(origin).length = 0;
    const { errors } = await ofSeries(origin, fields);
    expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(Array(stored.length).fill(unavailable));
    expect(asked(origin).filter((target) => !/\/(?:studies|series|instances)\?/.test(target))).toEqual([]);
    expect(asked(origin).filter((target) => target.includes('AvailableTransferSyntaxUID'))).toHaveLength(1);
  });

  test('metadata, once a series, where rows do not tell how objects are stored', async () => {
    asked('static-dicomweb').length = 0;
    const { errors } = await ofSeries('static-dicomweb', refused);
    expect(errors).toHaveLength(stored.length);
    expect(asked('static-dicomweb').filter((target) => !/\/(?:studies|series|instances)(?:\?|$)/.test(target))).toEqual(
      ['/studies/1.1/series/1.1.1/metadata'],
    );
  });

  test.each<[Vendor, Syntax]>([
    ['generic', 'htj2k'],
    ['orthanc', 'jpeg2000'],
    ['embedded', 'rle'],
  ])('%s, %s, by the UIDs of an instance: no more than the link without it', async (origin, wanted) => {
    const countOf = async (field: string): Promise<number> => {
      asked(origin).length = 0;
      expect((await lookUp(origin, 'rle', field)).errors).toBeUndefined();
      return asked(origin).length;
    };
    expect(await countOf(native(wanted))).toBe(await countOf('native { url }'));
  });
});

test('capabilities say what objects and frames are converted to, and how that is known', async () => {
  const { data } = await graphql.query(
    '{ origins { id capabilities { nativeSyntaxes frameSyntaxes evidence { capability supported how } } } }',
  );
  const told = new Map<
    string,
    { nativeSyntaxes: string[]; frameSyntaxes: string[]; evidence: { capability: string }[] }
  >(data.origins.map(({ id, capabilities }: { id: string; capabilities: object }) => [id, capabilities]));
  const evidenceOf = (id: string) =>
    told.get(id)?.evidence.filter(({ capability }) => /^(?:native|frame)Syntaxes$/.test(capability));
  expect(told.get('embedded')).toMatchObject({ nativeSyntaxes: [], frameSyntaxes: [syntaxes.explicit] });
  expect(evidenceOf('embedded')).toEqual([
    { capability: 'nativeSyntaxes', supported: false, how: 'documented' },
    { capability: 'frameSyntaxes', supported: true, how: 'documented' },
  ]);
  expect(told.get('azure')?.nativeSyntaxes).toEqual([syntaxes.explicit, syntaxes.jpeg2000]);
  expect(told.get('generic')).toMatchObject({ nativeSyntaxes: null, frameSyntaxes: null });
  expect(evidenceOf('generic')).toEqual([]);
});
