import { describe, expect, test } from 'vitest';
import { tagOf } from '../../src/dicom/dictionary.ts';
import { frameCountOf, sopClassType } from '../../src/dicom/sop-class.ts';
import { type PhantomStudyKey, phantomCatalogue } from '../../src/phantom/catalogue.ts';
import { phantomStudyKeys } from '../../src/phantom/phantom-studies.ts';
import { pick, readStudy } from './read-phantom.ts';

describe('phantom studies say what the catalogue says', () => {
  test.each(phantomStudyKeys)('%s: study, series and instances are those of the catalogue', async (key) => {
    const study = phantomCatalogue[key];
    const files = await readStudy(key);
    const found = files.map(({ dataSet }) => ({
      study: dataSet.uid(tagOf('StudyInstanceUID')),
      series: dataSet.uid(tagOf('SeriesInstanceUID')),
      instance: dataSet.uid(tagOf('SOPInstanceUID')),
      sopClass: dataSet.uid(tagOf('SOPClassUID')),
      modality: dataSet.text(tagOf('Modality')),
      patient: dataSet.text(tagOf('PatientID')),
      name: dataSet.personName(tagOf('PatientName'))?.raw,
      frames: frameCountOf(dataSet, { isComplete: true }),
    }));
    const expected = Object.values(study.series).flatMap((series) =>
      series.sopInstanceUIDs.map((instance) => ({
        study: study.studyInstanceUID,
        series: series.seriesInstanceUID,
        instance,
        sopClass: series.sopClassUID,
        modality: series.modality,
        patient: study.patient.patientID,
        name: study.patient.patientName,
        frames: series.frameCount,
      })),
    );
    const byInstance = (a: { instance: string | null }, b: { instance: string | null }): number =>
      String(a.instance) < String(b.instance) ? -1 : 1;
    expect(found.sort(byInstance)).toEqual(expected.sort(byInstance));
    expect(files.flatMap(({ file }) => file.problems)).toEqual([]);
  });

  test('every attribute of every phantom is valid for its VR', async () => {
    const complaints: string[] = [];
    for (const key of phantomStudyKeys) {
      for (const { path, dataSet } of await readStudy(key)) {
        for (const tag of dataSet.tags()) {
          const problems = dataSet.element(tag)?.problems ?? [];
          if (problems.length > 0) complaints.push(`${path} ${tag}: ${problems.join(', ')}`);
        }
      }
    }
    expect(complaints).toEqual([]);
  });

  test('the kinds of object cover images, a segmentation, reports, a document and a waveform', () => {
    const types = Object.values(phantomCatalogue).flatMap((study) =>
      Object.values(study.series).map(({ sopClassUID }) => sopClassType(sopClassUID)),
    );
    expect([...new Set(types)].sort()).toEqual([
      'CTImage',
      'EncapsulatedDocument',
      'MRImage',
      'Segmentation',
      'StructuredReport',
      'UltrasoundImage',
      'Waveform',
      'XRayImage',
    ]);
  });
});

describe('names in several scripts', () => {
  const firstName = async (key: PhantomStudyKey) => {
    const [first] = await readStudy(key);
    return first?.dataSet.personName(tagOf('PatientName'));
  };

  test('the Japanese name has three groups, in ISO 2022 IR 87 as in UTF-8', async () => {
    const groups = { alphabetic: 'Yurei^Hanako', ideographic: '幽霊^花子', phonetic: 'ゆうれい^はなこ' };
    for (const key of ['mrBrain', 'mrBrainPrior'] as const) {
      const name = await firstName(key);
      expect({
        alphabetic: name?.alphabetic?.raw,
        ideographic: name?.ideographic?.raw,
        phonetic: name?.phonetic?.raw,
      }).toEqual(groups);
    }
    expect(phantomCatalogue.mrBrain.characterSets).not.toEqual(phantomCatalogue.mrBrainPrior.characterSets);
  });

  test('the Arabic name and the French one with its accents are read as written', async () => {
    expect((await firstName('usHeart'))?.alphabetic?.familyName).toBe('شبح');
    expect((await firstName('crHand'))?.alphabetic?.familyName).toBe('Fantôme');
  });
});

describe('what a viewer needs', () => {
  test('CT slices lie 5 mm apart, one below the other, in one frame of reference', async () => {
    const slices = (await readStudy('ctChest')).filter(({ path }) => path.includes('/axial/'));
    const heights = slices.map(({ dataSet }) => dataSet.numbers(tagOf('ImagePositionPatient'))[2] ?? Number.NaN);
    expect(heights.slice(1).map((z, i) => (heights[i] ?? 0) - z)).toEqual(heights.slice(1).map(() => 5));
    expect(new Set(slices.map(({ dataSet }) => dataSet.uid(tagOf('FrameOfReferenceUID')))).size).toBe(1);
    expect(slices[0]?.dataSet.texts(tagOf('WindowCenterWidthExplanation'))).toEqual(['SOFT TISSUE', 'LUNG', 'BONE']);
  });

  test('MR series differ in repetition, echo and inversion time', async () => {
    const files = await readStudy('mrBrain');
    const times = ['t1', 't2', 'flair'].map((key) => {
      const { dataSet } = pick(files, `${key}/0001`);
      return ['RepetitionTime', 'EchoTime', 'InversionTime'].map((keyword) => dataSet.number(tagOf(keyword)));
    });
    expect(times).toEqual([
      [550, 10, null],
      [5200, 98, null],
      [9000, 120, 2500],
    ]);
  });

  test('the cine tells how long a frame is shown', async () => {
    const { dataSet, file } = pick(await readStudy('usHeart'), 'cine');
    expect(dataSet.text(tagOf('FrameIncrementPointer'))).toBe('00181063');
    expect(dataSet.number(tagOf('FrameTime'))).toBeGreaterThan(0);
    expect(file.meta.transferSyntaxUid).toBe('1.2.840.10008.1.2.4.50');
  });

  test('the ECG study has no image, and two values heavy enough for bulk data', async () => {
    const files = await readStudy('ecgRest');
    expect(files.map(({ file }) => file.pixelData)).toEqual([null, null]);
    expect(files.flatMap(({ file }) => [...file.bulk.values()].map(({ length }) => length))).toEqual([
      12 * 5000 * 2,
      expect.any(Number),
    ]);
  });
});
