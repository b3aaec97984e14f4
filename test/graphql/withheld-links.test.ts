import { describe, expect, test } from 'vitest';
import { scopes } from '../../src/access/scopes.ts';
import { type Attributes, ctImage, dicomFile, tinyImage } from '../support/archive.ts';
import { type Answer, ableOrigin, startGraphql, type TestGraphql } from '../support/graphql.ts';

const withoutPatientData = scopes.filter((scope) => scope !== 'patient-data');

/** None begins as another does, so that each stands as a whole in what is signed. */
const uids = {
  StudyInstanceUID: '1.2.826.0.1.3680043.8.498.1001',
  SeriesInstanceUID: '2.25.33445566778899001122',
  SOPInstanceUID: '0.9.15926535897932384626',
};
const image: Attributes = {
  ...tinyImage,
  ...uids,
  SOPClassUID: ctImage,
  PatientID: 'P',
  BurnedInAnnotation: 'NO',
  ICCProfile: 'profile'.repeat(600),
};

/** The origin is said to render reports as well. */
const able = { ...ableOrigin, renderedFormats: ['image/jpeg', 'image/png', 'application/pdf', 'text/html'] };

const start = (attributes: Attributes, isFull = false): Promise<TestGraphql> =>
  startGraphql({
    archive: { files: [dicomFile(attributes)] },
    scopes: isFull ? scopes : withoutPatientData,
    capabilities: { able },
  });

const pixels = `rendered { url } thumbnail { url } frameTemplate { template } renderedFrameTemplate { template }
  frame(number: 1) { native { url } rendered { url } } frames(numbers: [1]) { native { url } rendered { url } }`;
const ofGroup = 'native { url } metadata { url } thumbnail { url } dicomweb { url }';
const everything = `{ searchInstances { nodes {
  retrieve { ${pixels} native { url } metadata { url } bulkData { path link { url } } }
  profile: attribute(path: "ICCProfile") { vr ... on BinaryAttribute { bulkData { url } } }
  series { retrieve { ${ofGroup} } }
  study { retrieve { ${ofGroup} } }
} } }`;

/** Where an answer has links, by the path of the field; and where it has none. */
function linksIn(
  value: unknown,
  path: readonly (string | number)[] = [],
): readonly (readonly [string, string | null])[] {
  if (typeof value !== 'object' || value === null) return value === null ? [[path.join('.'), null]] : [];
  if (Array.isArray(value)) return value.flatMap((one, index) => linksIn(one, [...path, index]));
  const { url, template } = value as { readonly url?: string; readonly template?: string };
  if (url !== undefined || template !== undefined) return [[path.join('.'), url ?? template ?? null]];
  return Object.entries(value).flatMap(([name, inner]) => linksIn(inner, [...path, name]));
}

/** Of the one instance that there is. */
async function ask(graphql: TestGraphql, query = everything) {
  const answer: Answer = await graphql.query(query);
  const { nodes } = answer.data.searchInstances;
  expect(nodes).toHaveLength(1);
  const links = new Map(linksIn(nodes[0]));
  const refused = new Map(
    (answer.errors ?? []).map(({ path = [], extensions }) => [path.slice(3).join('.'), extensions] as const),
  );
  return { links, refused };
}

const places = {
  pixels: [
    'retrieve.rendered',
    'retrieve.thumbnail',
    'retrieve.frameTemplate',
    'retrieve.renderedFrameTemplate',
    'retrieve.frame.native',
    'retrieve.frame.rendered',
    'retrieve.frames.0.native',
    'retrieve.frames.0.rendered',
  ],
  attributes: [
    'retrieve.native',
    'retrieve.metadata',
    'retrieve.bulkData.0.link',
    'profile.bulkData',
    ...['series', 'study'].flatMap((level) =>
      ['native', 'metadata', 'thumbnail', 'dicomweb'].map((form) => `${level}.retrieve.${form}`),
    ),
  ],
};

const encapsulatedPdf = {
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.104.1',
  MIMETypeOfEncapsulatedDocument: 'application/pdf',
  EncapsulatedDocument: '%PDF-1.4',
};
const report = { SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.11', ValueType: 'CONTAINER' };
const withheld = { code: 'FORBIDDEN', scope: 'patient-data' };

describe('one without the scope patient-data', () => {
  test.each<readonly [string, Attributes, boolean]>([
    ['is given links to the pixels of an image that says that nothing is burned in', image, true],
    ['is given none to those of an image that says that something is', { ...image, BurnedInAnnotation: 'YES' }, false],
    ['is given none to those of an image that does not say', { ...image, BurnedInAnnotation: '' }, false],
    ['is given none to those of an image that says neither', { ...image, BurnedInAnnotation: 'no' }, false],
    ...['7', '7.1', '7.2', '7.3', '7.4'].map(
      (kind) =>
        [
          `is given none to those of a secondary capture (1.${kind})`,
          { ...image, SOPClassUID: `1.2.840.10008.5.1.4.1.1.${kind}`, NumberOfFrames: '1' },
          false,
        ] as const,
    ),
  ])('%s', async (_what, attributes, isShown) => {
    await using graphql = await start(attributes);
    const { links, refused } = await ask(graphql);
    for (const place of places.pixels) {
      expect([place, typeof links.get(place)]).toEqual([place, isShown ? 'string' : 'object']);
      if (!isShown) expect([place, refused.get(place)]).toEqual([place, expect.objectContaining(withheld)]);
    }
    for (const place of places.attributes) {
      expect([place, links.get(place), refused.get(place)]).toEqual([place, null, expect.objectContaining(withheld)]);
    }
    expect([...links.keys()].toSorted()).toEqual([...places.pixels, ...places.attributes].toSorted());
  });

  test.each([
    ['a PDF as it is', encapsulatedPdf, 'PDF'],
    ['a PDF as a picture', encapsulatedPdf, 'JPEG'],
    ['a report as a page', report, 'HTML'],
    ['a report as a picture', report, 'JPEG'],
    ['an object of an unknown class as a page', { SOPClassUID: '1.2.3.4' }, 'HTML'],
    ['an object of an unknown class as a PDF', { SOPClassUID: '1.2.3.4' }, 'PDF'],
  ] as const)('is given no link to %s, though it says that nothing is burned in', async (_what, attributes, format) => {
    const document = { ...uids, PatientID: 'P', BurnedInAnnotation: 'NO', ...attributes };
    const query = `{ searchInstances { nodes { retrieve { rendered(format: ${format}) { url } } } } }`;
    await using others = await start(document, true);
    const given = (await ask(others, query)).links.get('retrieve.rendered');
    expect(given).toEqual(format === 'JPEG' ? null : expect.any(String));
    await using graphql = await start(document);
    const { links, refused } = await ask(graphql, query);
    expect(links.get('retrieve.rendered')).toBeNull();
    expect(refused.get('retrieve.rendered')).toMatchObject(withheld);
  });
});

test('others are given every one of these links', async () => {
  await using others = await start({ ...image, BurnedInAnnotation: 'YES' }, true);
  const { links, refused } = await ask(others);
  expect([...links].filter(([, link]) => link === null)).toEqual([]);
  expect([...links.keys()].toSorted()).toEqual([...places.pixels, ...places.attributes].toSorted());
  expect(refused.size).toBe(0);
});

/** Half a byte a digit, 10 for a dot, an odd last half 15: as UIDs stand in what is signed (docs/links.md). */
const packed = (uid: string): string =>
  [...uid].map((character) => '0123456789.'.indexOf(character).toString(16)).join('') +
  (uid.length % 2 === 0 ? '' : 'f');

/** Which of the object's UIDs can be read in a URL: as it is, and in its token, as text or packed. */
function uidsIn(link: string): readonly string[] {
  const bytes = Buffer.from(new URL(link).pathname.split('/')[2] ?? '', 'base64url');
  return Object.values(uids).filter(
    (uid) => link.includes(uid) || bytes.includes(uid) || bytes.toString('hex').includes(packed(uid)),
  );
}

describe('the UIDs of an object', () => {
  test('can be read in no link that one without the scope patient-data is given', async () => {
    await using graphql = await start(image);
    const { links } = await ask(graphql);
    const given = [...links].flatMap(([place, link]) => (link === null ? [] : [[place, link] as const]));
    expect(given.map(([place]) => place).toSorted()).toEqual(places.pixels.toSorted());
    for (const [place, link] of given) expect([place, uidsIn(link)]).toEqual([place, []]);
  });

  test('can be read in the links of others, where they are found in the same way', async () => {
    await using others = await start(image, true);
    const { links } = await ask(others);
    for (const place of places.pixels) {
      expect([place, uidsIn(links.get(place) ?? '')]).toEqual([place, Object.values(uids)]);
    }
  });
});
