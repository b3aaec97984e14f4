import { afterAll, beforeAll, expect, test } from 'vitest';
import { dicomFile, startTestArchive, type TestArchive, tinyImage } from '../support/archive.ts';
import { bodyOf, startTestFacade } from '../support/facade.ts';
import { readPicture } from '../support/render.ts';
import { type SwitchableOrigin, startSwitchableOrigin } from '../support/switchable-origin.ts';

const uids = { StudyInstanceUID: '1.1', SeriesInstanceUID: '1.1.1', SOPInstanceUID: '1.1.1.1' };

let archive: TestArchive;
let origin: SwitchableOrigin;
beforeAll(async () => {
  archive = await startTestArchive({ files: [dicomFile({ ...uids, ...tinyImage })] });
  origin = await startSwitchableOrigin(archive.url, { rendered: 404 });
});
afterAll(async () => {
  await origin[Symbol.asyncDispose]();
  await archive.close();
});

const query = `{
  origins { capabilities { renderedBy representations } }
  searchInstances { nodes { retrieve { rendered(format: PNG) { url } thumbnail { url } } } }
  searchStudies { nodes { retrieve { thumbnail { url } } } }
}`;

interface Link {
  readonly url: string;
}

interface Drawn {
  readonly origins: readonly { readonly capabilities: { readonly renderedBy: string } }[];
  readonly searchInstances: { readonly nodes: readonly { readonly retrieve: { rendered: Link; thumbnail: Link } }[] };
  readonly searchStudies: { readonly nodes: readonly { readonly retrieve: { thumbnail: Link } }[] };
}

test.each([
  ['configured not to render', { rendering: false }, 'GATEWAY'],
  ['not known not to render', {}, 'ORIGIN'],
])('an archive %s gives images all the same', async (_, capabilities, renderedBy) => {
  await using facade = await startTestFacade({ origins: [{ id: 'main', url: origin.url, capabilities }] });
  const { origins, searchInstances, searchStudies } = await facade.data<Drawn>(query);
  expect(origins[0]?.capabilities.renderedBy).toBe(renderedBy);
  const { rendered, thumbnail } = searchInstances.nodes[0]?.retrieve ?? {};
  expect([...(await readPicture(await bodyOf(rendered?.url ?? ''))).data]).toEqual([0, 85, 170, 255]);
  for (const link of [thumbnail, searchStudies.nodes[0]?.retrieve.thumbnail]) {
    expect(await readPicture(await bodyOf(link?.url ?? ''))).toMatchObject({ width: 2, height: 2 });
  }
  const after = await facade.data<Drawn>('{ origins { capabilities { renderedBy } } }');
  expect(after.origins[0]?.capabilities.renderedBy).toBe('GATEWAY');
  expect(facade.faults).toEqual([]);
});

test('an image of more pixels than are drawn is refused when its link is asked for', async () => {
  await using facade = await startTestFacade({
    origins: [{ id: 'main', url: origin.url, capabilities: { rendering: false } }],
    rendering: { maxPixels: 3 },
  });
  const { errors } = await facade.query('{ searchInstances { nodes { retrieve { rendered { url } } } } }');
  expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['REPRESENTATION_UNAVAILABLE']);
});

test('where nobody renders, nothing is rendered', async () => {
  await using facade = await startTestFacade({
    origins: [{ id: 'main', url: origin.url, capabilities: { rendering: false, gatewayFormats: [] } }],
  });
  const { data, errors } = await facade.query<Drawn>(
    '{ origins { capabilities { renderedBy } } searchStudies { nodes { retrieve { thumbnail { url } } } } }',
  );
  expect(data?.origins[0]?.capabilities.renderedBy).toBeNull();
  expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['REPRESENTATION_UNAVAILABLE']);
});
