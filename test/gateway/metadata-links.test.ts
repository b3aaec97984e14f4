import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonDataSet } from '../../src/dicom/data-set.ts';
import { toLinkedMetadata } from '../../src/gateway/metadata-links.ts';

const linkEverything = (path: string, uri: string | null) => `link to ${path} at ${uri ?? 'its metadata'}`;
const linkNothing = () => null;

describe('metadata through a link', () => {
  test('keeps what holds no address as it is', () => {
    const plain: JsonDataSet = {
      '00080018': { vr: 'UI', Value: ['1.2.3'] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Doe^Jane' }, null as unknown as string] },
      '00101010': { vr: 'AS' },
      '00281050': { vr: 'DS', Value: [40, '-1e3', null as unknown as string] },
      '00282000': { vr: 'OB', InlineBinary: 'AAEC' },
      '00400275': { vr: 'SQ', Value: [{}, { '00400009': { vr: 'SH', Value: ['x'] } }] },
    };
    expect(toLinkedMetadata(plain, linkNothing)).toEqual(plain);
  });

  test('has links in place of addresses, at any depth, by the path of the attribute', () => {
    const given: JsonDataSet = {
      '00420011': { vr: 'OB', BulkDataURI: '/a' },
      '54000100': {
        vr: 'SQ',
        Value: [{}, { '54001010': { vr: 'OW', BulkDataURI: '/b' } }, { '00291010': { vr: 'UN', BulkDataURI: '/c' } }],
      },
    };
    expect(toLinkedMetadata(given, linkEverything)).toEqual({
      '00420011': { vr: 'OB', BulkDataURI: 'link to EncapsulatedDocument at /a' },
      '54000100': {
        vr: 'SQ',
        Value: [
          {},
          { '54001010': { vr: 'OW', BulkDataURI: 'link to WaveformSequence[1].WaveformData at /b' } },
          { '00291010': { vr: 'UN', BulkDataURI: 'link to WaveformSequence[2].00291010 at /c' } },
        ],
      },
    });
  });

  test('leaves an attribute out where its address gives no link', () => {
    const given = { '00420011': { vr: 'OB', BulkDataURI: 'http://169.254.169.254/' }, '00420010': { vr: 'ST' } };
    expect(toLinkedMetadata(given, linkNothing)).toEqual({ '00420010': { vr: 'ST' } });
  });

  const gone = {
    '00081190': { vr: 'UR', Value: ['http://pacs/studies/1'] },
    '7FE00008': { vr: 'OF', InlineBinary: 'AAAA' },
    '7FE00009': { vr: 'OD', BulkDataURI: '/pixels' },
    '7fe00010': { vr: 'OW', InlineBinary: 'AAAA' },
  };
  const withIcon = { ...gone, '00880200': { vr: 'SQ', Value: [{ ...gone, '00280010': { vr: 'US', Value: [2] } }] } };

  test('has no Retrieve URL, at any depth, no pixel data, and links to those of an icon', () => {
    expect(toLinkedMetadata(withIcon, linkEverything)).toEqual({
      '00880200': {
        vr: 'SQ',
        Value: [
          {
            '00280010': { vr: 'US', Value: [2] },
            '7FE00008': { vr: 'OF', BulkDataURI: 'link to IconImageSequence[0].FloatPixelData at its metadata' },
            '7FE00009': { vr: 'OD', BulkDataURI: 'link to IconImageSequence[0].DoubleFloatPixelData at /pixels' },
            '7FE00010': { vr: 'OW', BulkDataURI: 'link to IconImageSequence[0].PixelData at its metadata' },
          },
        ],
      },
    });
  });

  test('has no pixels of an icon where there are to be no links', () => {
    expect(toLinkedMetadata(withIcon, linkNothing)).toEqual({
      '00880200': { vr: 'SQ', Value: [{ '00280010': { vr: 'US', Value: [2] } }] },
    });
  });

  test('has no field that PS3.18 does not name, and no key that is no tag', () => {
    const given = {
      '00420011': { vr: 'OB', DataFragment: [{ BulkDataURI: 'http://pacs/1' }], keyword: 'EncapsulatedDocument' },
      '0008103e': { vr: 'LO', Value: ['Axial'] },
      links: { vr: 'UR', Value: ['http://pacs/2'] },
    };
    expect(toLinkedMetadata(given as JsonDataSet, linkEverything)).toEqual({
      '00420011': { vr: 'OB' },
      '0008103E': { vr: 'LO', Value: ['Axial'] },
    });
  });

  test('holds no address of the origin, whatever the origin wrote', () => {
    const address = 'http://origin.invalid/secret';
    const { dataSet } = fc.letrec<{ dataSet: unknown; element: unknown }>((tie) => ({
      element: fc.record(
        {
          vr: fc.constantFrom('SQ', 'OB', 'UN', 'LO', 7),
          Value: fc.oneof({ maxDepth: 4 }, fc.constant([null, 'x', 1]), fc.array(tie('dataSet'), { maxLength: 2 })),
          BulkDataURI: fc.constantFrom(address, [address], { BulkDataURI: address }, null),
          InlineBinary: fc.constant('AAEC'),
          DataFragment: fc.constant([{ BulkDataURI: address }]),
        },
        { requiredKeys: [] },
      ),
      dataSet: fc.dictionary(
        fc.constantFrom('00420011', '54000100', '0040a730', 'BulkDataURI', '00081190'),
        tie('element'),
        { maxKeys: 3 },
      ),
    }));
    fc.assert(
      fc.property(dataSet, (json) => {
        expect(JSON.stringify(toLinkedMetadata(json as JsonDataSet, () => 'link'))).not.toContain('origin.invalid');
      }),
    );
  });

  test('is cut off where sequences are nested deeper than anyone reads', () => {
    let nested: JsonDataSet = { '00420011': { vr: 'OB', BulkDataURI: 'http://pacs/deep' } };
    for (let depth = 0; depth < 2000; depth++) nested = { '0040A730': { vr: 'SQ', Value: [nested] } };
    expect(JSON.stringify(toLinkedMetadata(nested, linkEverything))).not.toContain('pacs');
  });
});
