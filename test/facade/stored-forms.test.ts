import { afterAll, beforeAll, expect, test } from 'vitest';
import { dicomFile, startTestArchive, type TestArchive, tinyImage } from '../support/archive.ts';
import { bodyOf, openLink, startTestFacade, type TestFacade } from '../support/facade.ts';

const explicit = '1.2.840.10008.1.2.1';
const rle = '1.2.840.10008.1.2.5';

// Two RLE segments (PS3.5 annex G): the high bytes of four pixels, then the low ones, as literal runs.
const header = Buffer.alloc(64);
header.writeUInt32LE(2, 0);
header.writeUInt32LE(64, 4);
header.writeUInt32LE(70, 8);
const frame = Buffer.concat([header, Buffer.from([3, 0, 0, 0, 0, 0]), Buffer.from([3, 9, 8, 7, 6, 0])]);
const decoded = [9, 0, 8, 0, 7, 0, 6, 0];
const uids = { StudyInstanceUID: '1.1', SeriesInstanceUID: '1.1.1', SOPInstanceUID: '1.1.1.1' };
const file = dicomFile({ ...tinyImage, ...uids, PixelData: { fragments: [Buffer.alloc(0), frame] } }, rle);

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files: [file] });
});
afterAll(() => archive.close());

interface Links {
  readonly searchInstances: {
    readonly nodes: readonly {
      readonly retrieve: {
        readonly asStored: { readonly url: string };
        readonly converted: { readonly url: string } | null;
        readonly frame: {
          readonly asStored: { readonly url: string };
          readonly converted: { readonly url: string } | null;
        };
        readonly frameTemplate: { readonly template: string } | null;
      };
    }[];
  };
}

async function linksOf(facade: TestFacade) {
  const { data, errors } = await facade.query<Links>(`{ searchInstances { nodes { retrieve {
    asStored: native(transferSyntaxUID: "${rle}") { url }
    converted: native(transferSyntaxUID: "${explicit}") { url }
    frame(number: 1) {
      asStored: native(transferSyntaxUID: "${rle}") { url }
      converted: native(transferSyntaxUID: "${explicit}") { url }
    }
    frameTemplate(transferSyntaxUID: "${explicit}") { template }
  } } } }`);
  const links = data?.searchInstances.nodes[0]?.retrieve;
  if (!links) throw new Error(JSON.stringify(errors));
  return { links, refused: errors?.map(({ path, extensions }) => `${path?.slice(3).join('.')} ${extensions['code']}`) };
}

test('what the archive can give is given, and what it cannot is refused before it is asked', async () => {
  const known = { nativeSyntaxes: [], frameSyntaxes: [explicit] };
  await using facade = await startTestFacade({ origins: [{ id: 'main', url: archive.url, capabilities: known }] });
  const { links, refused } = await linksOf(facade);
  expect(refused).toEqual(['retrieve.converted REPRESENTATION_UNAVAILABLE']);
  expect(facade.requests.map(({ transaction }) => transaction)).toEqual(['search instances']);

  expect((await bodyOf(links.asStored.url)).equals(file)).toBe(true);
  expect((await bodyOf(links.frame.asStored.url)).equals(frame)).toBe(true);
  expect([...(await bodyOf(links.frame.converted?.url ?? ''))]).toEqual(decoded);
  expect([...(await bodyOf(links.frameTemplate?.template.replace('{frame}', '1') ?? ''))]).toEqual(decoded);
});

test('what the archive is not known to convert is asked of it when the link is opened, which tells it then', async () => {
  await using facade = await startTestFacade({ origins: [{ id: 'main', url: archive.url }] });
  const { links, refused } = await linksOf(facade);
  expect(refused).toBeUndefined();
  expect([...(await bodyOf(links.frame.converted?.url ?? ''))]).toEqual(decoded);
  const { status, body } = await openLink(links.converted?.url ?? '');
  expect([status, JSON.parse(body.toString()).code]).toEqual([406, 'REPRESENTATION_UNAVAILABLE']);
});

test('an archive that converts nothing is configured so, and its frames are refused as well', async () => {
  const known = { nativeSyntaxes: [], frameSyntaxes: [] };
  await using facade = await startTestFacade({ origins: [{ id: 'main', url: archive.url, capabilities: known }] });
  expect((await linksOf(facade)).refused?.sort()).toEqual([
    'retrieve.converted REPRESENTATION_UNAVAILABLE',
    'retrieve.frame.converted REPRESENTATION_UNAVAILABLE',
    'retrieve.frameTemplate REPRESENTATION_UNAVAILABLE',
  ]);
  const { origins } = await facade.data<{ origins: { capabilities: { evidence: unknown[] } }[] }>(
    '{ origins { capabilities { evidence { capability supported how } } } }',
  );
  expect(origins[0]?.capabilities.evidence).toContainEqual({
    capability: 'frameSyntaxes',
    supported: false,
    how: 'configured',
  });
});
