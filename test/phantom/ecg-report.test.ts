import { expect, test } from 'vitest';
import { tagOf } from '../../src/dicom/dictionary.ts';
import { readBulkData } from '../../src/part10/index.ts';
import { writeEcgReport } from '../../src/phantom/anatomy/ecg-report-pdf.ts';
import { computeLeads } from '../../src/phantom/anatomy/electrocardiogram.ts';
import { pick, readStudy } from './read-phantom.ts';

test('every entry of the cross-reference table points at its object', () => {
  const pdf = writeEcgReport(['A (test) with \\ in it'], computeLeads());
  const text = pdf.toString('latin1');
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1]);
  expect(text.slice(start, start + 5)).toBe('xref\n');
  const offsets = [...text.slice(start).matchAll(/^(\d{10}) 00000 n $/gm)].map((entry) => Number(entry[1]));
  expect(offsets.map((offset) => text.slice(offset, offset + 7))).toEqual([1, 2, 3, 4, 5].map((i) => `${i} 0 obj`));
  expect(text).toContain('(A \\(test\\) with \\\\ in it) Tj');
});

test('the declared length of the content stream is its length', () => {
  const text = writeEcgReport(['A'], computeLeads()).toString('latin1');
  const [whole = '', length = ''] = /<< \/Length (\d+) >>\nstream\n/.exec(text) ?? [];
  const begin = text.indexOf(whole) + whole.length;
  expect(text.slice(begin + Number(length), begin + Number(length) + 10)).toBe('\nendstream');
});

test('the limb leads obey Einthoven and Goldberger', () => {
  const { I, II, III, aVR, aVL, aVF } = computeLeads();
  for (let i = 0; i < I.length; i += 97) {
    const [one, two] = [I[i] ?? 0, II[i] ?? 0];
    expect(Math.abs((III[i] ?? 0) - (two - one))).toBeLessThanOrEqual(1);
    expect(Math.abs((aVR[i] ?? 0) + (aVL[i] ?? 0) + (aVF[i] ?? 0))).toBeLessThanOrEqual(2);
  }
});

test('the document in the study is the PDF, and its length is told without padding', async () => {
  const { file, dataSet } = pick(await readStudy('ecgRest'), 'report');
  const length = dataSet.integer(tagOf('EncapsulatedDocumentLength')) ?? 0;
  const [path = ''] = file.bulk.keys();
  const document = readBulkData(file, path);
  expect(document?.subarray(0, 5).toString()).toBe('%PDF-');
  expect(document?.subarray(0, length).toString('latin1').endsWith('%%EOF\n')).toBe(true);
});
