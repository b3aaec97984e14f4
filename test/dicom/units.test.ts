import { expect, test } from 'vitest';
import { entryOfKeyword } from '../../src/dicom/dictionary.ts';
import { keywordsWithUnit, unitOf } from '../../src/dicom/units.ts';

test('every unit is of an attribute of PS3.6 with numbers', () => {
  const numeric = new Set(['DS', 'FD', 'FL', 'IS', 'SL', 'SS', 'UL', 'US']);
  const wrong = keywordsWithUnit().filter((keyword) => !entryOfKeyword(keyword)?.vr.every((vr) => numeric.has(vr)));
  expect(wrong).toEqual([]);
});

test('no attribute has two units', () => {
  expect(new Set(keywordsWithUnit()).size).toBe(keywordsWithUnit().length);
});

test('attributes of the same quantity, renamed in enhanced objects, have the same unit', () => {
  const renamed = [
    ['EchoTime', 'EffectiveEchoTime'],
    ['ExposureTime', 'ExposureTimeInms'],
    ['XRayTubeCurrent', 'XRayTubeCurrentInmA'],
    ['Exposure', 'ExposureInmAs'],
  ] as const;
  for (const [before, after] of renamed) expect([before, unitOf(before)]).toEqual([before, unitOf(after)]);
  expect(unitOf('PatientName')).toBeNull();
});
