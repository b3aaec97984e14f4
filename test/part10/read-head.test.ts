import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { tagOf } from '../../src/dicom/dictionary.ts';
import { Part10Error, readPart10 } from '../../src/part10/index.ts';
import { readHead } from '../../src/part10/read-head.ts';
import { corpusPath, describeCorpus, storable } from '../support/corpus.ts';
import { el, part10, sq, uids } from './part10-writer.ts';

const keywords = ['PatientID', 'ReferringPhysicianName', 'InstitutionName', 'StudyInstanceUID', 'Modality'];
const wanted = new Set(keywords.map(tagOf));

const elements = [
  el('00080060', 'CS', 'CT'),
  el('00080080', 'LO', 'North'),
  sq('00081140', [[el('00100020', 'LO', 'P-9')]], { undefinedLength: true }),
  el('00091001', 'OB', Buffer.alloc(3_000)),
  el('00100020', 'LO', 'P-1'),
  el('0020000D', 'UI', '1.1'),
  el('00280010', 'US', [2]),
  el('7FE00010', 'OW', Buffer.alloc(500)),
];
const told = { '00080060': ['CT'], '00080080': ['North'], '00100020': ['P-1'], '0020000D': ['1.1'] };
const valuesOf = (json: ReturnType<typeof readHead>) =>
  json && Object.fromEntries(Object.entries(json).map(([tag, { Value }]) => [tag, Value]));

describe('attributes from the beginning of a file', () => {
  test.each(['implicit', 'explicit', 'bigEndian'] as const)('are told whole, or not yet: %s', (name) => {
    const file = part10(elements, uids[name]);
    const lengths = new Set<number>();
    for (let length = 0; length <= file.length; length++) {
      const head = readOrNull(file.subarray(0, length), length === file.length);
      if (head === null) lengths.add(length);
      else expect(valuesOf(head)).toEqual(told);
    }
    expect(Math.max(...lengths)).toBeLessThan(file.length - 400); // without the pixels
  });

  test('that are not in the file are known to be missing once what follows them is there, or the file is whole', () => {
    const file = part10([el('00080060', 'CS', 'CT'), el('00280010', 'US', [2])]);
    expect(valuesOf(readHead(file.subarray(0, -1), wanted, false))).toEqual({ '00080060': ['CT'] });
    const short = part10([el('00080060', 'CS', 'CT')]);
    expect(readHead(short, wanted, false)).toBeNull();
    expect(valuesOf(readHead(short, wanted, true))).toEqual({ '00080060': ['CT'] });
  });

  test('are refused where one is there twice', () => {
    const file = part10([el('00100020', 'LO', 'P-1'), el('00100020', 'LO', 'P-2'), el('00280010', 'US', [2])]);
    expect(() => readHead(file, wanted, true)).toThrow(Part10Error);
  });

  test('are refused in what is no DICOM file, and in one that breaks off', () => {
    expect(() => readHead(Buffer.alloc(500), wanted, false)).toThrow(Part10Error);
    const file = part10(elements);
    expect(() => readHead(file.subarray(0, 600), wanted, true)).toThrow(Part10Error);
  });
});

/** Of fewer bytes than the File Meta Information has, it cannot be said that this is a DICOM file. */
function readOrNull(head: Buffer, isWhole: boolean): ReturnType<typeof readHead> {
  try {
    return readHead(head, wanted, isWhole);
  } catch (error) {
    if (head.length < 300 && error instanceof Part10Error) return null;
    throw error;
  }
}

describeCorpus('the beginning of a file of the corpus', () => {
  test('tells of it what the whole file tells', () => {
    for (const file of storable) {
      const bytes = readFileSync(corpusPath(file));
      const { dataSet } = readPart10(bytes);
      const head = [16_384, 2 ** 22].map((size) => readHead(bytes.subarray(0, size), wanted, size >= bytes.length));
      const read = head.find((one) => one !== null) ?? null;
      expect([file.file, valuesOf(read)]).toEqual([
        file.file,
        Object.fromEntries(
          [...wanted, tagOf('SpecificCharacterSet')]
            .filter((tag) => tag in dataSet)
            .sort()
            .map((tag) => [tag, dataSet[tag]?.Value]),
        ),
      ]);
    }
  });
});
