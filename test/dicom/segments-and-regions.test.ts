import { describe, expect, test } from 'vitest';
import { DataSet } from '../../src/dicom/data-set.ts';
import { documentMediaTypeOf } from '../../src/dicom/document-media-type.ts';
import { framesOfSegment } from '../../src/dicom/segment.ts';
import { isPyramidImage, pyramidOf } from '../../src/dicom/slide-pyramid.ts';
import { contourCountOf, readRois, roiColorOf } from '../../src/dicom/structure-set.ts';

const frame = (segment: number) => ({
  '0062000A': { vr: 'SQ', Value: [{ '0062000B': { vr: 'US', Value: [segment] } }] },
});

describe('the frames of a segment', () => {
  test('are those whose functional groups name it, counted from 1', () => {
    const dataSet = DataSet.parse({ '52009230': { vr: 'SQ', Value: [frame(1), frame(2), {}, frame(1)] } });
    expect([1, 2, 3].map((segment) => framesOfSegment(dataSet, segment))).toEqual([[1, 4], [2], []]);
  });

  test('are all frames where the shared groups name it', () => {
    const shared = { vr: 'SQ', Value: [frame(1)] };
    const dataSet = DataSet.parse({ '52009229': shared, '52009230': { vr: 'SQ', Value: [{}, {}] } });
    expect(framesOfSegment(dataSet, 1)).toEqual([1, 2]);
  });

  test('of a label map are not told: each frame shows all segments', () => {
    expect(framesOfSegment(DataSet.parse({ '00620001': { vr: 'CS', Value: ['LABELMAP'] } }), 1)).toBeNull();
  });
});

describe('the regions of a structure set', () => {
  const item = (tag: string, number: number, more = {}) => ({ [tag]: { vr: 'IS', Value: [number] }, ...more });
  const color = (...values: readonly unknown[]) => ({ '3006002A': { vr: 'IS', Value: values } });
  const dataSet = DataSet.parse({
    '30060020': { vr: 'SQ', Value: [item('30060022', 1), item('30060022', 2), {}] },
    '30060039': {
      vr: 'SQ',
      Value: [
        item('30060084', 2, { ...color(255, 0, 16), '30060040': { vr: 'SQ', Value: [{}, {}] } }),
        item('30060084', 9),
        item('30060084', 1, color(256, 0, 0)),
      ],
    },
  });

  test('are joined by their number, in the order of the set', () => {
    const rois = readRois(dataSet);
    expect(rois.map(contourCountOf)).toEqual([0, 2, 0]);
    expect(rois.map(roiColorOf)).toEqual([null, { red: 255, green: 0, blue: 16 }, null]);
  });
});

describe('the pyramid of a slide', () => {
  test('has a level for each size, the largest first', () => {
    const sizes = [
      { columns: 100, rows: 50 },
      { columns: 400, rows: 200 },
      { columns: 100, rows: 50 },
    ];
    const levels = pyramidOf(sizes);
    expect(levels.map(({ columns, downsampling, images }) => [columns, downsampling, images.length])).toEqual([
      [400, 1, 1],
      [100, 4, 2],
    ]);
    expect(pyramidOf([])).toEqual([]);
  });

  test('does not include the label and the overview', () => {
    const kinds = ['VOLUME', 'THUMBNAIL', 'LABEL', 'OVERVIEW', null];
    expect(kinds.map((kind) => isPyramidImage(['ORIGINAL', 'PRIMARY', kind]))).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
  });
});

test.each([
  ['application/pdf', 'application/pdf'],
  ['text/XML', 'text/xml'],
  ['text/html', null],
  ['application/pdf; x=1\r\nSet-Cookie: a', null],
  ['', null],
])('a document that calls itself %j has the media type %j', (given, expected) => {
  expect(documentMediaTypeOf(DataSet.parse({ '00420012': { vr: 'LO', Value: [given] } }))).toBe(expected);
});
