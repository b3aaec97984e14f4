import { describe, expect, test } from 'vitest';
import { dictionaryEntries, entryOfKeyword, entryOfTag, searchDictionary, tagOf } from '../../src/dicom/dictionary.ts';
import { isTag, tag } from '../../src/dicom/tag.ts';
import { isVr } from '../../src/dicom/vr.ts';

const keywords = (text: string, first = 5) => searchDictionary(text, first).map(({ keyword }) => keyword);

// Rows as PS3.6 has them, read from pydicom 3.0.2 (pydicom/_dicom_dict.py), which is generated from the standard.
describe('the dictionary', () => {
  test.each([
    ['00100010', 'PatientName', "Patient's Name", ['PN'], '1', false],
    ['00280010', 'Rows', 'Rows', ['US'], '1', false],
    ['00280106', 'SmallestImagePixelValue', 'Smallest Image Pixel Value', ['US', 'SS'], '1', false],
    ['00283006', 'LUTData', 'LUT Data', ['US', 'OW'], '1-n', false],
    ['00281200', 'GrayLookupTableData', 'Gray Lookup Table Data', ['US', 'SS', 'OW'], '1-n', true],
    ['7FE00010', 'PixelData', 'Pixel Data', ['OB', 'OW'], '1', false],
    ['00080060', 'Modality', 'Modality', ['CS'], '1', false],
    ['00081048', 'PhysiciansOfRecord', 'Physician(s) of Record', ['PN'], '1-n', false],
    ['00080052', 'QueryRetrieveLevel', 'Query/Retrieve Level', ['CS'], '1', false],
    ['0008002A', 'AcquisitionDateTime', 'Acquisition DateTime', ['DT'], '1', false],
    ['00101000', 'OtherPatientIDs', 'Other Patient IDs', ['LO'], '1-n', true],
    ['00189087', 'DiffusionBValue', 'Diffusion b-value', ['FD'], '1', false],
    ['00080001', 'LengthToEnd', 'Length to End', ['UL'], '1', true],
    ['006862F0', 'ViewOrientationModifierCodeSequence', 'View Orientation Modifier Code Sequence', ['SQ'], '1', false],
    ['00760034', 'ComponentTypeCodeSequence', 'Component Type Code Sequence', ['SQ'], '1', false],
    ['0040A803', 'NumberOfTableColumns', 'Number of Table Columns', ['UL'], '1', false],
    ['00660042', 'LongEdgePointIndexList', 'Long Edge Point Index List', ['OL'], '1', false],
    ['00020026', 'SourcePresentationAddress', 'Source Presentation Address', ['UR'], '1', false],
    ['21000140', 'DestinationAE', 'Destination AE', ['AE'], '1', false],
  ])('knows %s as %s', (hex, keyword, name, vr, vm, retired) => {
    expect(entryOfTag(tag(hex))).toEqual({ tag: hex, keyword, name, vr, vm, retired });
    expect(entryOfKeyword(keyword)).toEqual(entryOfTag(tag(hex)));
    expect(tagOf(keyword)).toBe(hex);
  });

  test('knows an attribute of a repeating group by each of its tags', () => {
    expect(entryOfTag(tag('60000010'))).toMatchObject({ keyword: 'OverlayRows', vr: ['US'] });
    expect(entryOfTag(tag('601E0010'))).toMatchObject({ tag: '601E0010', keyword: 'OverlayRows', vr: ['US'] });
    expect(entryOfTag(tag('50063000'))).toMatchObject({ keyword: 'CurveData', vr: ['OB', 'OW'], retired: true });
    expect(entryOfTag(tag('002031AB'))).toMatchObject({ keyword: 'SourceImageIDs', vr: ['CS'], retired: true });
    expect(tagOf('OverlayRows')).toBe('60000010');
  });

  test('knows no private tag, nor one that PS3.6 does not have', () => {
    for (const hex of ['00291010', '00290010', '60010010', '002800FE', '61000010']) {
      expect(entryOfTag(tag(hex)), hex).toBeUndefined();
    }
    expect(entryOfKeyword('PrivateCreator')).toBeUndefined();
    expect(() => tagOf('NoSuchKeyword')).toThrow(TypeError);
  });

  test('is all rows of one form, each keyword once', () => {
    const entries = dictionaryEntries();
    expect(entries.length).toBeGreaterThan(5100);
    for (const entry of entries) {
      expect(isTag(entry.tag)).toBe(true);
      expect(entry.keyword).toMatch(/^[A-Za-z][A-Za-z0-9]*$/);
      expect(entry.name).not.toBe('');
      expect(entry.vm).toMatch(/^[0-9]+(?:-(?:[0-9]+|[0-9]*n))?$/);
      expect(entry.tag.startsWith('FFFE') ? entry.vr.length === 0 : entry.vr.length > 0 && entry.vr.every(isVr)).toBe(
        true,
      );
    }
    expect(new Set(entries.map(({ keyword }) => keyword)).size).toBe(entries.length);
  });
});

describe('a search of the dictionary', () => {
  test.each(['slice thick', 'SliceTh', 'slicethickness', 'Slice Thickness', '0018,0050', '00180050', '(0018,0050)'])(
    'finds Slice Thickness for %j',
    (text) => {
      expect(keywords(text)[0]).toBe('SliceThickness');
    },
  );

  test('finds a name with an apostrophe, and words that do not stand together', () => {
    expect(keywords("Patient's birth d")[0]).toBe('PatientBirthDate');
    expect(keywords('number instances', 50)).toContain('NumberOfStudyRelatedInstances');
    expect(keywords('instances number', 50)).not.toContain('NumberOfStudyRelatedInstances');
  });

  test('gives the keyword itself first, and retired ones last', () => {
    expect(keywords('modality')[0]).toBe('Modality');
    const found = searchDictionary('curve', 200).map(({ retired }) => retired);
    expect(found.indexOf(true)).toBeGreaterThan(0);
    expect(found.slice(found.indexOf(true))).not.toContain(false);
  });

  test('gives a group by tag', () => {
    expect(searchDictionary('0028,001', 3).map((entry) => entry.tag)).toEqual(['00280010', '00280011', '00280012']);
    expect(searchDictionary('6002,0010', 3)).toMatchObject([{ tag: '60020010', keyword: 'OverlayRows' }]);
  });

  test('gives nothing for nothing, for nonsense, or where none is asked for', () => {
    for (const text of ['', ' ,() ', 'qqq', '日本', '*', '00291010']) expect(searchDictionary(text, 5)).toEqual([]);
    expect(searchDictionary('patient', 0)).toEqual([]);
    expect(searchDictionary('patient', 3)).toHaveLength(3);
  });
});
