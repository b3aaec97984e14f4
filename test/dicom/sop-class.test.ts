import { describe, expect, test } from 'vitest';
import { DataSet } from '../../src/dicom/data-set.ts';
import { frameCountOf, hasPixels, isRenderable, sopClassName, sopClassType } from '../../src/dicom/sop-class.ts';
import { sopClassTable } from '../../src/dicom/sop-class-table.ts';
import { isUid } from '../../src/dicom/uid.ts';
import { describeCorpus, storable } from '../support/corpus.ts';

interface Image {
  sopClass?: string | null;
  rows?: number | null;
  columns?: number | null;
  frames?: number | string | null;
  bitsAllocated?: number;
  more?: Record<string, unknown>;
}

function instance({ sopClass, rows, columns, frames, bitsAllocated, more = {} }: Image): DataSet {
  const element = (vr: string, value: unknown) =>
    value === undefined || value === null ? undefined : { vr, Value: [value] };
  const elements = {
    '00080016': element('UI', sopClass),
    '00280010': element('US', rows),
    '00280011': element('US', columns),
    '00280008': element('IS', frames),
    '00280100': element('US', bitsAllocated),
    ...more,
  };
  return DataSet.parse(Object.fromEntries(Object.entries(elements).filter(([, value]) => value !== undefined)));
}

const ct = '1.2.840.10008.5.1.4.1.1.2';
const enhancedCt = '1.2.840.10008.5.1.4.1.1.2.1';
const spectroscopy = '1.2.840.10008.5.1.4.1.1.4.2';
const parametricMap = '1.2.840.10008.5.1.4.1.1.30';
const structuredReport = '1.2.840.10008.5.1.4.1.1.88.33';
const rtDose = '1.2.840.10008.5.1.4.1.1.481.2';
const unknown = '2.25.192486705420057388397689754201758049050';

describe('a SOP Class', () => {
  // Every SOP Class of the corpus, with the name that pydicom 2.3.1 gives it.
  test.each([
    ['1.2.840.10008.5.1.4.1.1.9.1.1', '12-lead ECG Waveform Storage', 'Waveform'],
    ['1.2.840.10008.5.1.4.1.1.88.11', 'Basic Text SR Storage', 'StructuredReport'],
    ['1.2.840.10008.5.1.4.1.1.2', 'CT Image Storage', 'CTImage'],
    ['1.2.840.10008.5.1.4.39.1', 'Color Palette Storage', 'OtherInstance'],
    ['1.2.840.10008.5.1.4.1.1.88.34', 'Comprehensive 3D SR Storage', 'StructuredReport'],
    ['1.2.840.10008.5.1.4.1.1.88.33', 'Comprehensive SR Storage', 'StructuredReport'],
    ['1.2.840.10008.5.1.4.1.1.1', 'Computed Radiography Image Storage', 'XRayImage'],
    ['1.2.840.10008.5.1.4.1.1.1.2', 'Digital Mammography X-Ray Image Storage - For Presentation', 'XRayImage'],
    ['1.2.840.10008.5.1.4.1.1.1.1', 'Digital X-Ray Image Storage - For Presentation', 'XRayImage'],
    ['1.2.840.10008.5.1.4.1.1.104.1', 'Encapsulated PDF Storage', 'EncapsulatedDocument'],
    ['1.2.840.10008.5.1.4.1.1.2.1', 'Enhanced CT Image Storage', 'CTImage'],
    ['1.2.840.10008.5.1.4.1.1.4.1', 'Enhanced MR Image Storage', 'MRImage'],
    ['1.2.840.10008.5.1.4.1.1.88.22', 'Enhanced SR Storage', 'StructuredReport'],
    ['1.2.840.10008.5.1.4.1.1.11.1', 'Grayscale Softcopy Presentation State Storage', 'PresentationState'],
    ['1.2.840.10008.5.1.4.1.1.66.7', 'Label Map Segmentation Storage', 'Segmentation'],
    ['1.2.840.10008.5.1.4.1.1.2.2', 'Legacy Converted Enhanced CT Image Storage', 'CTImage'],
    ['1.2.840.10008.5.1.4.1.1.4', 'MR Image Storage', 'MRImage'],
    ['1.2.840.10008.5.1.4.1.1.4.2', 'MR Spectroscopy Storage', 'OtherInstance'],
    ['1.2.840.10008.5.1.4.1.1.91.1', 'Microscopy Bulk Simple Annotations Storage', 'OtherInstance'],
    ['1.2.840.10008.5.1.4.1.1.20', 'Nuclear Medicine Image Storage', 'NuclearImage'],
    ['1.2.840.10008.5.1.4.1.1.77.1.5.1', 'Ophthalmic Photography 8 Bit Image Storage', 'OtherInstance'],
    ['1.2.840.10008.5.1.4.1.1.30', 'Parametric Map Storage', 'ParametricMap'],
    ['1.2.840.10008.5.1.4.1.1.128', 'Positron Emission Tomography Image Storage', 'PETImage'],
    ['1.2.840.10008.5.1.4.1.1.481.2', 'RT Dose Storage', 'RTDose'],
    ['1.2.840.10008.5.1.4.1.1.481.5', 'RT Plan Storage', 'RTPlan'],
    ['1.2.840.10008.5.1.4.1.1.481.3', 'RT Structure Set Storage', 'RTStructureSet'],
    ['1.2.840.10008.5.1.4.1.1.67', 'Real World Value Mapping Storage', 'OtherInstance'],
    ['1.2.840.10008.5.1.4.1.1.7', 'Secondary Capture Image Storage', 'SecondaryCapture'],
    ['1.2.840.10008.5.1.4.1.1.66.4', 'Segmentation Storage', 'Segmentation'],
    ['1.2.840.10008.5.1.4.1.1.6.1', 'Ultrasound Image Storage', 'UltrasoundImage'],
    ['1.2.840.10008.5.1.4.1.1.6', 'Ultrasound Image Storage', 'UltrasoundImage'],
    ['1.2.840.10008.5.1.4.1.1.3.1', 'Ultrasound Multi-frame Image Storage', 'UltrasoundImage'],
    ['1.2.840.10008.5.1.4.1.1.77.1.6', 'VL Whole Slide Microscopy Image Storage', 'SlideImage'],
    ['1.2.840.10008.5.1.4.1.1.88.67', 'X-Ray Radiation Dose SR Storage', 'StructuredReport'],
  ])('%s is %s, a %s', (uid, name, type) => {
    expect(sopClassName(uid)).toBe(name);
    expect(sopClassType(uid)).toBe(type);
  });

  test('that is private or not given has no name, and is some other instance', () => {
    expect(sopClassName(unknown)).toBeNull();
    expect(sopClassType(unknown)).toBe('OtherInstance');
    expect(sopClassType(null)).toBe('OtherInstance');
    expect(sopClassName('constructor')).toBeNull();
  });

  test('is in the table once', () => {
    const uids = sopClassTable.map(([uid]) => uid);
    expect(new Set(uids).size).toBe(uids.length);
    expect(uids.every(isUid)).toBe(true);
  });
});

describe('whether an instance has pixels', () => {
  test('is told by Rows and Columns where pixel data is left out of the metadata', () => {
    expect(hasPixels(instance({ sopClass: ct, rows: 512, columns: 512 }))).toBe(true);
    expect(hasPixels(instance({ sopClass: unknown, rows: 512, columns: 512 }))).toBe(true);
    expect(hasPixels(instance({ rows: 512, columns: 512 }))).toBe(true);
  });

  test('is no for SOP Classes that have none, Rows or not', () => {
    expect(hasPixels(instance({ sopClass: spectroscopy, rows: 1, columns: 1 }))).toBe(false);
    expect(hasPixels(instance({ sopClass: structuredReport }))).toBe(false);
  });

  test('is yes where the metadata has pixel data, integer or float, whatever else it says', () => {
    for (const tag of ['7FE00010', '7FE00008', '7FE00009']) {
      const withPixels = instance({ sopClass: structuredReport, more: { [tag]: { vr: 'OW', BulkDataURI: 'x' } } });
      expect(hasPixels(withPixels)).toBe(true);
    }
    const emptyPixels = instance({ sopClass: structuredReport, more: { '7FE00010': { vr: 'OW' } } });
    expect(hasPixels(emptyPixels)).toBe(false);
  });

  test('is not known where a search did not tell Rows, and no where complete metadata has none', () => {
    for (const sopClass of [ct, rtDose, unknown, null]) {
      expect(hasPixels(instance({ sopClass }))).toBeNull();
      expect(hasPixels(instance({ sopClass }), { isComplete: true })).toBe(false);
    }
  });

  test('is no where Rows are zero or empty', () => {
    expect(hasPixels(instance({ sopClass: ct, rows: 0, columns: 512 }))).toBe(false);
    const empty = { '00280010': { vr: 'US' }, '00280011': { vr: 'US' } };
    expect(hasPixels(instance({ sopClass: rtDose, more: empty }))).toBe(false);
  });
});

describe('the number of frames', () => {
  const image = { rows: 64, columns: 64 };

  test('is NumberOfFrames, and 1 where that is absent or empty', () => {
    expect(frameCountOf(instance({ sopClass: ct, ...image }))).toBe(1);
    expect(frameCountOf(instance({ sopClass: ct, ...image, frames: 30 }))).toBe(30);
    expect(frameCountOf(instance({ sopClass: ct, ...image, frames: '30 ' }))).toBe(30);
    expect(frameCountOf(instance({ sopClass: ct, ...image, more: { '00280008': { vr: 'IS' } } }))).toBe(1);
  });

  test('is 0 without pixel data', () => {
    expect(frameCountOf(instance({ sopClass: structuredReport }))).toBe(0);
    expect(frameCountOf(instance({ sopClass: spectroscopy, rows: 1, columns: 1, frames: 1 }))).toBe(0);
  });

  test('is not known where pixel data is not, or where it is not a number above 0', () => {
    expect(frameCountOf(instance({ sopClass: ct }))).toBeNull();
    expect(frameCountOf(instance({ sopClass: ct, ...image, frames: 0 }))).toBeNull();
    expect(frameCountOf(instance({ sopClass: ct, ...image, frames: -1 }))).toBeNull();
    expect(frameCountOf(instance({ sopClass: ct, ...image, frames: 'many' }))).toBeNull();
  });

  test('is not taken for 1 where the SOP Class always has NumberOfFrames and a search did not tell it', () => {
    expect(frameCountOf(instance({ sopClass: enhancedCt, ...image }))).toBeNull();
    expect(frameCountOf(instance({ sopClass: enhancedCt, ...image }), { isComplete: true })).toBe(1);
  });
});

describe('whether an instance can be rendered', () => {
  test('is told by its pixels', () => {
    expect(isRenderable(instance({ sopClass: ct, rows: 64, columns: 64 }))).toBe(true);
    expect(isRenderable(instance({ sopClass: structuredReport }))).toBe(false);
    expect(isRenderable(instance({ sopClass: ct }))).toBeNull();
  });

  test('is no for floating point pixels', () => {
    expect(isRenderable(instance({ sopClass: parametricMap, rows: 8, columns: 8, bitsAllocated: 16 }))).toBe(true);
    expect(isRenderable(instance({ sopClass: parametricMap, rows: 8, columns: 8, bitsAllocated: 32 }))).toBe(false);
    const float = { '7FE00008': { vr: 'OF', BulkDataURI: 'x' } };
    expect(isRenderable(instance({ sopClass: unknown, rows: 8, columns: 8, more: float }))).toBe(false);
  });
});

describeCorpus('of the instances in the corpus', () => {
  // A Secondary Capture whose pixel data was removed: metadata without pixel data looks the same.
  const undecidable = 'malformed/no-pixel-data-ct.dcm';

  test('the number of frames is that of pydicom, told without pixel data in the metadata', () => {
    for (const { file, sopClassUID: sopClass, rows, columns, frames, hasPixelData } of storable) {
      // NumberOfFrames is 1 in the manifest where it is absent.
      const dataSet = instance({ sopClass, rows, columns, frames: hasPixelData ? frames : null });
      const expected = hasPixelData || file === undecidable;
      expect(hasPixels(dataSet, { isComplete: true }), file).toBe(expected);
      expect(frameCountOf(dataSet, { isComplete: true }), file).toBe(expected ? (frames ?? 1) : 0);
    }
  });
});
