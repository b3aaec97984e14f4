import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Part10Error } from '../../src/part10/index.ts';
import { readIdentity } from '../../src/part10/read-identity.ts';
import { dicomFile } from '../support/archive.ts';
import { corpusPath, describeCorpus, storable } from '../support/corpus.ts';
import { dataSetBytes, el, explicitLittle, implicitLittle, part10, sq, uids, type Written } from './part10-writer.ts';

const identity = [
  el('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.2'),
  el('00080018', 'UI', '1.2.3'),
  el('0020000D', 'UI', '1.1'),
  el('0020000E', 'UI', '1.1.1'),
];
const sameSop = [el('00020003', 'UI', '1.2.3')];
const expected = { studyUid: '1.1', seriesUid: '1.1.1', sopInstanceUid: '1.2.3' };

describe('the identity of a file', () => {
  test.each([uids.implicit, uids.explicit, uids.bigEndian])('is read in %s', (syntax) => {
    expect(readIdentity(part10(identity, syntax, sameSop))).toMatchObject(expected);
  });

  test('is read behind sequences and private values, and before the rest', () => {
    const nested = sq('00081140', [[el('00080018', 'UI', '9.9'), el('0020000D', 'UI', '9.9')]], {
      undefinedLength: true,
    });
    const file = part10([
      ...identity.slice(0, 2),
      nested,
      el('00091001', 'OB', Buffer.alloc(5_000)),
      ...identity.slice(2),
    ]);
    expect(readIdentity(file)).toMatchObject(expected);
  });

  test('comes with that of its File Meta Information, which may be another', () => {
    const read = readIdentity(part10(identity, uids.explicit, [el('00020003', 'UI', '9.9')]));
    expect([read.sopInstanceUid, read.meta.mediaStorageSopInstanceUid]).toEqual(['1.2.3', '9.9']);
  });

  const ambiguous: readonly [string, readonly Written[] | Buffer, readonly Written[]][] = [
    ['two studies', [...identity, el('0020000D', 'UI', '1.9')], []],
    [
      'two studies next to each other',
      [...identity.slice(0, 3), el('0020000D', 'UI', '1.9'), ...identity.slice(3)],
      [],
    ],
    ['the same study twice', [el('0020000D', 'UI', '1.1'), ...identity], []],
    ['two SOP Instance UIDs', [...identity, el('00080018', 'UI', '9.9')], []],
    ['another encoding than its transfer syntax', dataSetBytes(identity, implicitLittle), []],
    ['no study', identity.filter(({ tag }) => tag !== '0020000D'), []],
    ['an empty study', [...identity.slice(0, 2), el('0020000D', 'UI', ''), ...identity.slice(3)], []],
    ['a study that is no UID', [...identity.slice(0, 2), el('0020000D', 'UI', '../1'), ...identity.slice(3)], []],
    ['a sequence for a study', [...identity.slice(0, 2), sq('0020000D', []), ...identity.slice(3)], []],
    [
      'no end',
      dataSetBytes([...identity, el('7FE00010', 'OW', Buffer.alloc(100))], explicitLittle).subarray(0, -1),
      [],
    ],
  ];
  test.each(ambiguous)('is refused with %s', (_, elements, meta) => {
    expect(() => readIdentity(part10(elements, uids.explicit, meta))).toThrow(Part10Error);
  });

  test('is refused of what is no DICOM file, and no other error comes of any bytes', () => {
    expect(() => readIdentity(Buffer.from('no DICOM file'))).toThrow(Part10Error);
    const file = dicomFile({ StudyInstanceUID: '1.1', SeriesInstanceUID: '1.1.1', SOPInstanceUID: '1.2.3' });
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.nat(255), fc.nat(file.length), (at, value, length) => {
        const changed = Buffer.from(file)
          .fill(value, at, at + 1)
          .subarray(0, length);
        try {
          readIdentity(changed);
        } catch (error) {
          if (!(error instanceof Part10Error)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describeCorpus('the identity of real files', () => {
  test('is that of their data sets', () => {
    for (const file of storable) {
      const { studyUid, seriesUid, sopInstanceUid } = readIdentity(readFileSync(corpusPath(file)));
      expect([studyUid, seriesUid, sopInstanceUid], file.file).toEqual([
        file.studyInstanceUID,
        file.seriesInstanceUID,
        file.sopInstanceUID,
      ]);
    }
  });
});
