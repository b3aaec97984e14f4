import { expect, test } from 'vitest';
import { formatAttributePath } from '../../src/dicom/attribute-path.ts';
import { DataSet } from '../../src/dicom/data-set.ts';
import { walkElements } from '../../src/dicom/walk.ts';

const dataSet = DataSet.parse({
  '7FE00010': { vr: 'OW', BulkDataURI: 'pixels' },
  '00400275': {
    vr: 'SQ',
    Value: [{}, { '00400009': { vr: 'SH', Value: ['STEP'] }, '00091001': { vr: 'OB', InlineBinary: 'AAEC' } }],
  },
  '00100020': { vr: 'LO', Value: ['A'] },
});

test('a walk meets each element by tag, then what is in its items, and says where', () => {
  expect([...walkElements(dataSet)].map(({ path }) => formatAttributePath(path))).toEqual([
    'PatientID',
    'RequestAttributesSequence',
    'RequestAttributesSequence[1].00091001',
    'RequestAttributesSequence[1].ScheduledProcedureStepID',
    'PixelData',
  ]);
});

test('a walk that is left early has decoded no more than it gave', () => {
  const json = { '00080060': { vr: 'CS' }, '00100020': { vr: 'LO', Value: ['A'] } };
  let isRead = false;
  Object.defineProperty(json['00100020'], 'Value', { get: () => (isRead = true) });
  for (const { element } of walkElements(DataSet.parse(json))) {
    expect(element.tag).toBe('00080060');
    break;
  }
  expect(isRead).toBe(false);
});
