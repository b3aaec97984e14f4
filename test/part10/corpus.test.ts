import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DataSet } from '../../src/dicom/data-set.ts';
import { tagOf } from '../../src/dicom/dictionary.ts';
import { isPart10, Part10Error, readFrame, readPart10 } from '../../src/part10/index.ts';
import { type CorpusFile, corpus, corpusPath, describeCorpus } from '../support/corpus.ts';

const valid = corpus.filter((file) => file.valid);
const malformed = corpus.filter((file) => !file.valid);
const read = (file: CorpusFile) => readPart10(readFileSync(corpusPath(file)));
const name = (file: CorpusFile): string => file.file;

/** Person names of the manifest are component groups joined by `=`, without the empty ones at the end. */
const joinedGroups = (value: unknown): string | null => {
  if (typeof value !== 'object' || value === null) return null;
  const groups = value as Readonly<Record<string, string>>;
  return [groups['Alphabetic'], groups['Ideographic'], groups['Phonetic']].join('=').replace(/=+$/, '');
};

describeCorpus('valid files of the corpus', () => {
  test.each(valid.map((file) => [name(file), file] as const))('%s has the attributes of the manifest', (_, file) => {
    const { dataSet, meta, pixelData } = read(file);
    const attributes = DataSet.parse(dataSet);
    expect({
      transferSyntaxUID: meta.transferSyntaxUid,
      sopClassUID: attributes.text(tagOf('SOPClassUID')),
      studyInstanceUID: attributes.text(tagOf('StudyInstanceUID')),
      seriesInstanceUID: attributes.text(tagOf('SeriesInstanceUID')),
      sopInstanceUID: attributes.text(tagOf('SOPInstanceUID')),
      patientName: joinedGroups(dataSet['00100010']?.Value?.[0]),
      patientID: attributes.text(tagOf('PatientID')),
      modality: attributes.text(tagOf('Modality')),
      rows: attributes.number(tagOf('Rows')),
      columns: attributes.number(tagOf('Columns')),
      bitsAllocated: attributes.number(tagOf('BitsAllocated')),
      instanceNumber: attributes.number(tagOf('InstanceNumber')),
      specificCharacterSet: dataSet['00080005']?.Value?.map((term) => term ?? '').join('\\') ?? null,
      hasPixelData: pixelData !== null,
    }).toEqual({
      transferSyntaxUID: file.transferSyntaxUID,
      // A media storage directory has no SOP Common module: the manifest takes its class from the meta information.
      sopClassUID: file.file === 'media/DICOMDIR' ? null : file.sopClassUID,
      studyInstanceUID: file.studyInstanceUID,
      seriesInstanceUID: file.seriesInstanceUID,
      sopInstanceUID: file.file === 'media/DICOMDIR' ? null : file.sopInstanceUID,
      patientName: file.patientName === '' ? null : file.patientName,
      patientID: file.patientID === '' ? null : file.patientID,
      modality: file.modality === '' ? null : file.modality,
      rows: file.rows,
      columns: file.columns,
      bitsAllocated: file.bitsAllocated,
      instanceNumber: file.instanceNumber,
      specificCharacterSet: file.specificCharacterSet,
      hasPixelData: file.hasPixelData,
    });
  });

  const framed = valid.filter((file) => file.storedFrame1);
  test.each(framed.map((file) => [name(file), file] as const))('%s has its frame 1 as stored', (_, file) => {
    const part10 = read(file);
    const frame = readFrame(part10, 1);
    const sha256 = createHash('sha256').update(frame).digest('hex');
    expect(file.storedFrame1).toMatchObject({ length: frame.length, sha256 });
    expect(part10.pixelData?.numberOfFrames).toBe(file.frames);
    expect(readFrame(part10, file.frames ?? 1).length).toBeGreaterThan(0);
    expect(() => readFrame(part10, (file.frames ?? 1) + 1)).toThrow(Part10Error);
  });

  test('every file with pixels has a stored frame to compare with', () => {
    expect(valid.filter((file) => file.hasPixelData && !file.storedFrame1).map(name)).toEqual([]);
  });

  test.each([
    'codecs/ct0012/jpeg-lossless-p14-fragmented.dcm',
    'codecs/ct0012/jpegls-fragmented-no-bot.dcm',
    'codecs/ct0012/jpeg-extended-12bit-fragmented.dcm',
  ])('the frames of %s, fragments without an offset table, are whole code streams', (path) => {
    const file = valid.find((f) => f.file === path) as CorpusFile;
    for (const number of [1, 2]) {
      const frame = readFrame(read(file), number).toString('hex');
      expect(frame).toMatch(/^ffd8ff/);
      expect(frame).toMatch(/ffd9(00)?$/);
    }
  });

  test('nothing is read past in a valid file', () => {
    const noted = valid.map((file) => [name(file), read(file).problems] as const);
    expect(noted.filter(([, problems]) => problems.length > 0)).toEqual([]);
  });
});

describeCorpus('malformed files of the corpus', () => {
  const refused: Readonly<Record<string, Part10Error['reason']>> = {
    'malformed/mr-spectroscopy-truncated.dcm': 'truncated',
    'malformed/truncated-pixel-data.dcm': 'truncated',
    'malformed/j2k-too-short-value.dcm': 'truncated',
    'malformed/j2k-short-uid-no-pixels.dcm': 'truncated',
    'malformed/3gb-bulk-data-truncated.dcm': 'truncated',
    // Items of a sequence whose header is not there.
    'malformed/jpegls-bad-meta-length.dcm': 'bad-encoding',
    'malformed/no-preamble-no-meta.dcm': 'not-part10',
    'malformed/no-preamble-dicm-in-data.dcm': 'not-part10',
    'malformed/meta-missing-transfer-syntax.dcm': 'no-transfer-syntax',
  };
  /** Elements of the root that pydicom 2.3 reads too, except in the last, which dcmdump 3.6.7 reads and pydicom does not. */
  const readable: Readonly<Record<string, number>> = {
    'malformed/odd-length-pixel-data-dx.dcm': 91,
    'malformed/charset-nested-no-uids.dcm': 4,
    'malformed/un-sequence-no-uids.dcm': 1,
    'malformed/private-sequence-no-uids.dcm': 2,
    'malformed/bad-number-of-frames.dcm': 45,
    'malformed/no-meta-group-length.dcm': 3,
    'malformed/bad-sequence-un-implicit.dcm': 79,
    'malformed/no-meta-length-us.dcm': 7,
    'malformed/charset-iso-2022-underscores.dcm': 127,
    'malformed/bad-meta.dcm': 256,
    'malformed/deflated-with-sq-private-class.dcm': 6,
    'malformed/big-endian-undefined-length.dcm': 258,
  };

  test('each file is either refused or read, and it is known which', () => {
    expect([...Object.keys(refused), ...Object.keys(readable)].sort()).toEqual(malformed.map(name).sort());
  });

  test.each(malformed.filter((file) => file.file in refused).map((file) => [name(file), file] as const))(
    '%s is refused with its reason',
    (_, file) => {
      expect(() => read(file)).toThrow(expect.objectContaining({ name: 'Part10Error', reason: refused[file.file] }));
    },
  );

  test.each(malformed.filter((file) => file.file in readable).map((file) => [name(file), file] as const))(
    '%s is read',
    (_, file) => {
      const part10 = read(file);
      expect(Object.keys(part10.dataSet)).toHaveLength(readable[file.file] ?? 0);
      if (file.storedFrame1) {
        const sha256 = createHash('sha256').update(readFrame(part10, 1)).digest('hex');
        expect(sha256).toBe(file.storedFrame1.sha256);
      }
    },
  );

  test('a length of 3 GB in a file of 100 kB costs no memory', () => {
    const file = malformed.find((f) => f.file === 'malformed/3gb-bulk-data-truncated.dcm') as CorpusFile;
    const bytes = readFileSync(corpusPath(file));
    const before = process.memoryUsage();
    expect(() => readPart10(bytes)).toThrow(Part10Error);
    expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(1e6);
  });

  test('a file without preamble is no Part 10 file, one with its letters by chance is refused later', () => {
    const looks = malformed.filter((file) => !isPart10(readFileSync(corpusPath(file)))).map(name);
    expect(looks).toEqual(['malformed/no-preamble-no-meta.dcm']);
  });
});
