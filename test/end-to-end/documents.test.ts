import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeCorpus, storable } from '../support/corpus.ts';
import { folderOf, openLink, startTestFacade, type TestFacade } from '../support/facade.ts';

interface Documents {
  readonly searchInstances: {
    readonly nodes: readonly {
      readonly mediaType: string;
      readonly link: { readonly url: string; readonly mediaType: string };
      readonly attribute: { readonly bulkData: { readonly mediaType: string } };
      readonly retrieve: {
        readonly bulkData: readonly { readonly keyword: string; readonly link: { readonly mediaType: string } }[];
      };
    }[];
  };
}

const query = `{ searchInstances(filter: { sopClassUIDs: ["1.2.840.10008.5.1.4.1.1.104.1"] }) { nodes {
  ... on EncapsulatedDocument { mediaType link { url mediaType } }
  attribute(path: "EncapsulatedDocument") { ... on BinaryAttribute { bulkData { mediaType } } }
  retrieve { bulkData { keyword link { mediaType } } }
} } }`;

describe('the PDF of the demo', () => {
  let demo: TestFacade;
  beforeAll(async () => {
    demo = await startTestFacade();
  });
  afterAll(() => demo.close());

  test('opens as a PDF by its link, which every way to it names as one', async () => {
    const { searchInstances } = await demo.data<Documents>(query);
    const [document] = searchInstances.nodes;
    expect([document?.mediaType, document?.link.mediaType, document?.attribute.bulkData.mediaType]).toEqual(
      Array.from({ length: 3 }, () => 'application/pdf'),
    );
    expect(document?.retrieve.bulkData).toMatchObject([
      { keyword: 'EncapsulatedDocument', link: { mediaType: 'application/pdf' } },
    ]);
    const { status, mediaType, body } = await openLink(document?.link.url ?? '');
    expect([status, mediaType, body.subarray(0, 5).toString()]).toEqual([200, 'application/pdf', '%PDF-']);
  });

  test('leaves other binary values what they are: bytes', async () => {
    const { searchInstances } = await demo.data<Documents>(
      '{ searchInstances(series: { modality: ["ECG"] }) { nodes { retrieve { bulkData { keyword link { mediaType } } } } } }',
    );
    expect(searchInstances.nodes[0]?.retrieve.bulkData).toEqual([
      { keyword: 'WaveformData', link: { mediaType: 'application/octet-stream' } },
    ]);
  });
});

describeCorpus('the PDF of the corpus', () => {
  test('comes by its link as the bytes that pydicom reads', async () => {
    const folder = await folderOf(storable.filter(({ file }) => file.startsWith('doc/')));
    const facade = await startTestFacade({ folder });
    try {
      const { searchInstances } = await facade.data<Documents>(query);
      const { mediaType, body } = await openLink(searchInstances.nodes[0]?.link.url ?? '');
      expect(mediaType).toBe('application/pdf');
      // sha256(pydicom.dcmread('doc/encapsulated-pdf.dcm').EncapsulatedDocument)
      expect(createHash('sha256').update(body).digest('hex')).toBe(
        'eea450f81c18451a0a4aa7e004eec0cd3a462b258271e89b835b87dc99d16215',
      );
    } finally {
      await facade.close();
      await rm(folder, { recursive: true });
    }
  });
});
