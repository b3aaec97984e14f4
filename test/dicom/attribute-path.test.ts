import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AttributePath,
  formatAttributePath,
  parseAttributePath,
  parseMatchPath,
} from '../../src/dicom/attribute-path.ts';
import { DataSet } from '../../src/dicom/data-set.ts';
import { DicomInputError } from '../../src/dicom/dicom-input-error.ts';
import { dictionaryEntries } from '../../src/dicom/dictionary.ts';
import { isPrivateTag, isTag, tag } from '../../src/dicom/tag.ts';

describe('an attribute path', () => {
  test.each([
    ['PatientAge', [{ tag: '00101010' }]],
    ['00101010', [{ tag: '00101010' }]],
    ['7fe00010', [{ tag: '7FE00010' }]],
    ['RequestAttributesSequence[0].ScheduledProcedureStepID', [{ tag: '00400275', item: 0 }, { tag: '00400009' }]],
    [
      '52009230[12].00289110[0].PixelSpacing',
      [{ tag: '52009230', item: 12 }, { tag: '00289110', item: 0 }, { tag: '00280030' }],
    ],
    ['0029xx10{SIEMENS CSA HEADER}', [{ tag: '00290010', creator: 'SIEMENS CSA HEADER' }]],
    ['0029XX1a{GEMS.1[0].x}', [{ tag: '0029001A', creator: 'GEMS.1[0].x' }]],
    [
      '2005xx01{Philips MR Imaging DD 001}[2].PatientID',
      [{ tag: '20050001', creator: 'Philips MR Imaging DD 001', item: 2 }, { tag: '00100020' }],
    ],
    ['00291010', [{ tag: '00291010' }]],
    ['OverlayRows', [{ tag: '60000010' }]],
    ['60020010', [{ tag: '60020010' }]],
  ])('%s is read', (text, path) => {
    expect(parseAttributePath(text)).toEqual(path);
  });

  test.each([
    '',
    ' ',
    '.',
    'PatientAge ',
    'PatientAge.',
    '.PatientAge',
    'patientAge',
    'NoSuchKeyword',
    '(0010,1010)',
    '0010101',
    '001010100',
    'RequestAttributesSequence.ScheduledProcedureStepID',
    'RequestAttributesSequence[0]',
    'RequestAttributesSequence[0]ScheduledProcedureStepID',
    'RequestAttributesSequence[-1].PatientID',
    'RequestAttributesSequence[01].PatientID',
    'RequestAttributesSequence[].PatientID',
    'RequestAttributesSequence[1e3].PatientID',
    'RequestAttributesSequence[9999999999].PatientID',
    'RequestAttributesSequence[0]..PatientID',
    '0029xx10',
    '0029xx10{}',
    '0029xx10{A\\B}',
    '0029xx10{A\u0007}',
    `0029xx10{${'A'.repeat(65)}}`,
    '0028xx10{ACME}',
    '00291010{ACME}',
    'PatientAge/../../x',
    'PatientAge\n',
    '__proto__',
    'constructor',
  ])('%j is BAD_PATH', (text) => {
    expect(() => parseAttributePath(text)).toThrow(
      expect.objectContaining({ name: 'DicomInputError', code: 'BAD_PATH' }),
    );
  });

  test('tells where it is wrong, and the keyword that was meant, not what was written', () => {
    const wrong = () => parseAttributePath('RequestAttributesSequence[0].patientAge');
    expect(wrong).toThrow(expect.objectContaining({ facts: { position: 29, suggestion: 'PatientAge' } }));
    expect(wrong).toThrow(expect.objectContaining({ message: expect.not.stringContaining('patientAge') }));
  });

  test('is at most 65 steps long', () => {
    const nested = 'ContentSequence[0].';
    expect(parseAttributePath(`${nested.repeat(64)}TextValue`)).toHaveLength(65);
    expect(() => parseAttributePath(`${nested.repeat(65)}TextValue`)).toThrow(
      expect.objectContaining({ code: 'BAD_PATH' }),
    );
    expect(() => parseAttributePath('[0].'.repeat(1e6))).toThrow(expect.objectContaining({ code: 'BAD_PATH' }));
  });

  test('has no index where it is to match on', () => {
    expect(parseMatchPath('RequestAttributesSequence.ScheduledProcedureStepID')).toEqual([
      { tag: '00400275' },
      { tag: '00400009' },
    ]);
    expect(parseMatchPath('PatientAge')).toEqual([{ tag: '00101010' }]);
    expect(() => parseMatchPath('RequestAttributesSequence[0].ScheduledProcedureStepID')).toThrow(DicomInputError);
  });
});

describe('an attribute path as text', () => {
  const anyTag = fc
    .oneof(
      fc.constantFrom(...dictionaryEntries().map((entry) => entry.tag)),
      fc.integer({ min: 0, max: 0xffffffff }).map((number) => tag(number.toString(16).toUpperCase().padStart(8, '0'))),
    )
    .filter(isTag);
  const creator = fc
    .string({ minLength: 1, maxLength: 64, unit: 'binary' })
    .filter((text) => text.length <= 64 && !/[{}\\\p{Cc}]/u.test(text));
  const privateStep = fc
    .record({ tag: anyTag.filter(isPrivateTag), creator })
    .map((step) => ({ tag: tag(`${step.tag.slice(0, 4)}00${step.tag.slice(6)}`), creator: step.creator }));
  const step = fc.oneof({ weight: 3, arbitrary: anyTag.map((tag) => ({ tag })) }, privateStep);
  const path: fc.Arbitrary<AttributePath> = fc
    .tuple(fc.array(fc.tuple(step, fc.nat()), { maxLength: 5 }), step)
    .map(([parents, last]) => [...parents.map(([parent, item]) => ({ ...parent, item: item % 1e9 })), last]);

  test('is read again as the same path', () => {
    fc.assert(
      fc.property(path, (path) => {
        expect(parseAttributePath(formatAttributePath(path))).toEqual(path);
      }),
      { numRuns: 500 },
    );
  });

  test('has keywords where they say the same', () => {
    const text = (path: string) => formatAttributePath(parseAttributePath(path));
    expect(text('00400275[0].00400009')).toBe('RequestAttributesSequence[0].ScheduledProcedureStepID');
    expect(text('60000010')).toBe('OverlayRows');
    expect(text('60020010')).toBe('60020010');
    expect(text('0029XX1a{ACME}')).toBe('0029xx1A{ACME}');
  });

  test('whatever is written is a path or BAD_PATH', () => {
    const nearly = fc.string({
      unit: fc.constantFrom('PatientID', '0010', '0020', 'xx', '{', '}', '[', ']', '.', '0', '12', 'A', ' '),
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.oneof(fc.string(), nearly), (text) => {
        try {
          expect(parseAttributePath(text).length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toMatchObject({ code: 'BAD_PATH' });
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the element at a path', () => {
  const dataSet = DataSet.parse({
    '00400275': {
      vr: 'SQ',
      Value: [{}, { '00400009': { vr: 'SH', Value: ['STEP1'] } }],
    },
    '00290010': { vr: 'LO', Value: ['SIEMENS CSA HEADER'] },
    '00290011': { vr: 'LO', Value: ['ACME '] },
    '00291010': { vr: 'OB', InlineBinary: 'AAEC' },
    '00291110': { vr: 'LO', Value: ['acme value'] },
    // A creator that was stored as UN: QUNNRSAy is `ACME 2` in base64.
    '00310010': { vr: 'UN', InlineBinary: 'QUNNRSAy' },
    '00311001': { vr: 'DS', Value: [1.5] },
    // The same creator in two blocks.
    '00330010': { vr: 'LO', Value: ['ACME'] },
    '00330011': { vr: 'LO', Value: ['ACME'] },
    '00331102': { vr: 'LO', Value: ['in the second block'] },
    '00331103': { vr: 'LO', Value: ['also there'] },
    '00331003': { vr: 'LO', Value: ['first'] },
  });
  const at = (path: string) => dataSet.at(parseAttributePath(path));

  test('is found in its item', () => {
    expect(at('RequestAttributesSequence[1].ScheduledProcedureStepID')).toMatchObject({ values: ['STEP1'] });
    expect(at('RequestAttributesSequence')).toMatchObject({ kind: 'sequence' });
  });

  test('is undefined where it, its item or its sequence is absent', () => {
    for (const path of [
      'PatientAge',
      'RequestAttributesSequence[0].ScheduledProcedureStepID',
      'RequestAttributesSequence[2].ScheduledProcedureStepID',
      'OtherPatientIDsSequence[0].PatientID',
      '00290011[0].PatientID',
      '0029xx10{NOBODY}',
      '0029xx11{ACME}',
      '0031xx10{ACME}',
    ]) {
      expect(at(path), path).toBeUndefined();
    }
  });

  test('of a private attribute is in the block that its creator reserved', () => {
    expect(at('0029xx10{SIEMENS CSA HEADER}')).toMatchObject({ tag: '00291010', kind: 'binary' });
    expect(at('0029xx10{ACME}')).toMatchObject({ tag: '00291110', values: ['acme value'] });
    expect(at('0031xx01{ACME 2}')).toMatchObject({ tag: '00311001', values: [1.5] });
    expect(at('00291110')).toMatchObject({ values: ['acme value'] });
  });

  test('of a creator with two blocks is in the first that holds it', () => {
    expect(at('0033xx02{ACME}')).toMatchObject({ tag: '00331102' });
    expect(at('0033xx03{ACME}')).toMatchObject({ tag: '00331003', values: ['first'] });
  });
});
