import { describe, expect, test } from 'vitest';
import { tagOf } from '../../src/dicom/dictionary.ts';
import { framesOfSegment } from '../../src/dicom/segment.ts';
import { walkContent } from '../../src/dicom/sr-content.ts';
import { readMeasurements } from '../../src/dicom/sr-measurements.ts';
import type { Uid } from '../../src/dicom/uid.ts';
import { readFrame } from '../../src/part10/index.ts';
import { nodule } from '../../src/phantom/anatomy/thorax.ts';
import { pick, type ReadPhantom, readStudy } from './read-phantom.ts';

const perFrame = tagOf('PerFrameFunctionalGroupsSequence');

/** The bits of a frame, one a pixel. */
function maskOf({ file }: ReadPhantom, frame: number): readonly number[] {
  const bytes = readFrame(file, frame);
  return Array.from({ length: bytes.length * 8 }, (_, i) => ((bytes[i >> 3] ?? 0) >> (i & 7)) & 1);
}

/** The slice that a frame of the segmentation was made from. */
function sourceOf({ dataSet }: ReadPhantom, frame: number): Uid | null {
  const derivation = dataSet.items(perFrame)[frame - 1]?.items(tagOf('DerivationImageSequence'))[0];
  const source = derivation?.items(tagOf('SourceImageSequence'))[0];
  return source?.uid(tagOf('ReferencedSOPInstanceUID')) ?? null;
}

const position = (dataSet: ReadPhantom['dataSet']) => dataSet.numbers(tagOf('ImagePositionPatient'));

const measured = (report: ReadPhantom, group: number) =>
  readMeasurements([...walkContent(report.dataSet, 1_000)]).filter((one) => one.group?.number === group);

describe('what was derived from the CT', () => {
  test('the segment of the nodule lies around its middle, on the slices through it', async () => {
    const files = await readStudy('ctChest');
    const segmentation = pick(files, 'segmentation');
    const frames = framesOfSegment(segmentation.dataSet, 1) ?? [];
    expect(frames).toEqual([1, 2, 3]);
    for (const frame of frames) {
      const item = segmentation.dataSet.items(perFrame)[frame - 1];
      const plane = item?.items(tagOf('PlanePositionSequence'))[0];
      const [x = 0, y = 0, z = 0] = plane ? position(plane) : [];
      expect(Math.abs((z ?? 0) - nodule.centre[2])).toBeLessThan(nodule.radii[2]);
      const inside = maskOf(segmentation, frame).flatMap((bit, i) => (bit ? [[i % 256, Math.floor(i / 256)]] : []));
      const mean = (axis: 0 | 1) => inside.reduce((sum, pixel) => sum + (pixel[axis] ?? 0), 0) / inside.length;
      expect((x ?? 0) + mean(0) * 1.4).toBeCloseTo(nodule.centre[0], -0.3);
      expect((y ?? 0) + mean(1) * 1.4).toBeCloseTo(nodule.centre[1], -0.3);
    }
  });

  test('each frame lies where the slice lies that it was made from', async () => {
    const files = await readStudy('ctChest');
    const segmentation = pick(files, 'segmentation');
    const slices = new Map(files.map(({ dataSet }) => [dataSet.uid(tagOf('SOPInstanceUID')), dataSet]));
    for (const [index, item] of segmentation.dataSet.items(perFrame).entries()) {
      const slice = slices.get(sourceOf(segmentation, index + 1));
      const plane = item.items(tagOf('PlanePositionSequence'))[0];
      expect(plane && position(plane)).toEqual(slice && position(slice));
    }
  });

  test.each([1, 2])('volume and attenuation in the report are those of the voxels of segment %i', async (segment) => {
    const files = await readStudy('ctChest');
    const segmentation = pick(files, 'segmentation');
    const slices = new Map(files.map((file) => [file.dataSet.uid(tagOf('SOPInstanceUID')), file]));
    const values: number[] = [];
    for (const frame of framesOfSegment(segmentation.dataSet, segment) ?? []) {
      const slice = slices.get(sourceOf(segmentation, frame));
      const pixels = Buffer.from(slice ? readFrame(slice.file, 1) : []);
      for (const [i, bit] of maskOf(segmentation, frame).entries()) {
        if (bit) values.push(pixels.readInt16LE(i * 2) - 1000);
      }
    }
    const [volume, , , mean, deviation] = measured(pick(files, 'measurements'), segment).map(
      ({ number }) => number ?? 0,
    );
    const average = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / values.length;
    expect(volume).toBeCloseTo(values.length * 1.4 * 1.4 * 5, 0);
    expect(mean).toBeCloseTo(average, 0);
    expect(deviation).toBeCloseTo(Math.sqrt(variance), 0);
  });
});
