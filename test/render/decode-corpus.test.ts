import { createHash } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { Part10Error } from '../../src/part10/index.ts';
import { closeDecoders, decodeFrame } from '../../src/render/decode-frame.ts';
import { sampleArray, storedValueOf } from '../../src/render/samples.ts';
import { type CorpusFile, corpus, describeCorpus } from '../support/corpus.ts';
import { readCorpusFrame } from '../support/render.ts';

afterAll(closeDecoders);

/** Files with a reference whose pixels do not come so far, and why. */
const unreadable: ReadonlyMap<string, string> = new Map([
  ['malformed/jpegls-bad-meta-length.dcm', 'holds items outside of a sequence: refused as no DICOM file'],
]);

const withReference = corpus.filter((file) => file.frame1?.sha256 !== undefined || file.frame1?.lossy === true);
const readable = withReference.filter((file) => !unreadable.has(file.file));
const syntaxes = [...new Set(readable.map((file) => file.transferSyntaxUID ?? ''))].sort();

describeCorpus('the first frame of a corpus file', () => {
  describe.each(syntaxes)('stored as %s', (syntax) => {
    const files = readable.filter((file) => file.transferSyntaxUID === syntax);
    const lossless = files.filter((file) => file.frame1?.sha256 !== undefined);
    const lossy = files.filter((file) => file.frame1?.lossy === true);

    if (lossless.length > 0) {
      test.each(lossless)('$file decodes to exactly the reference', async (file) => {
        const { stored, pixels } = readCorpusFrame(file);
        const { data } = await decodeFrame(stored, pixels);
        expect(data.length).toBe(file.frame1?.length);
        expect(createHash('sha256').update(data).digest('hex')).toBe(file.frame1?.sha256);
      });
    }
    if (lossy.length > 0) {
      test.each(lossy)('$file decodes to within 2 grey levels of the reference in the mean', async (file) => {
        const means = await channelMeans(file);
        const expected = [file.frame1?.mean ?? []].flat();
        expect(means).toHaveLength(expected.length);
        means.forEach((mean, channel) => {
          expect(Math.abs(mean - (expected[channel] ?? Number.NaN))).toBeLessThanOrEqual(2);
        });
      });
    }
  });

  test('is one of every file with a reference but those listed', () => {
    const refused = withReference.filter((file) => {
      try {
        readCorpusFrame(file);
        return false;
      } catch (error) {
        expect(error).toBeInstanceOf(Part10Error);
        return true;
      }
    });
    expect(refused.map(({ file }) => file)).toEqual([...unreadable.keys()]);
  });
});

async function channelMeans(file: CorpusFile): Promise<number[]> {
  const { stored, pixels } = readCorpusFrame(file);
  const frame = await decodeFrame(stored, pixels);
  const samples = sampleArray(frame.data, pixels);
  const storedOf = storedValueOf(pixels);
  const sums = Array.from({ length: pixels.samplesPerPixel }, () => 0);
  samples.forEach((container, i) => {
    sums[i % sums.length] = (sums[i % sums.length] ?? 0) + storedOf(container);
  });
  return sums.map((sum) => sum / (samples.length / sums.length));
}
