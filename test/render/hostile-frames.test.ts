import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDecodePool, type DecodePool } from '../../src/render/decode-pool.ts';
import type { PixelDescription } from '../../src/render/pixel-description.ts';
import { RenderError } from '../../src/render/render-error.ts';
import { encode, rleFrame } from '../support/code-streams.ts';
import { pixelsOf } from '../support/render.ts';

const side = 24;
const grey = Uint8Array.from({ length: side * side }, (_, i) => (i * i) % 251);
const wide = new Uint8Array(Uint16Array.from(grey, (level) => level * 16).buffer);

interface Whole {
  readonly syntax: string;
  readonly bits: 8 | 12;
  readonly stored: Uint8Array;
}

const wholes: Whole[] = [];
let pool: DecodePool;

beforeAll(async () => {
  // Some damaged code streams keep a decoder busy for ever: a short limit keeps this test short.
  pool = createDecodePool({ workers: 1, timeoutMs: 3000 });
  const image = { columns: side, rows: side, samplesPerPixel: 1 } as const;
  const narrow = { ...image, bitsStored: 8, data: grey };
  const of12 = { ...image, bitsStored: 12, data: wide };
  wholes.push(
    { syntax: '1.2.840.10008.1.2.5', bits: 8, stored: rleFrame([...grey].flatMap((level) => [0, level])) },
    { syntax: '1.2.840.10008.1.2.4.50', bits: 8, stored: await encode('encodeJpeg', narrow, { lossy: true }) },
    { syntax: '1.2.840.10008.1.2.4.70', bits: 12, stored: await encode('encodeJpeg', of12) },
    { syntax: '1.2.840.10008.1.2.4.80', bits: 12, stored: await encode('encodeJpegLs', of12) },
    { syntax: '1.2.840.10008.1.2.4.90', bits: 12, stored: await encode('encodeJpeg2000', of12) },
    { syntax: '1.2.840.10008.1.2.4.201', bits: 12, stored: await encode('encodeHtJpeg2000', of12) },
  );
});

afterAll(() => pool.close());

function pixelsFor({ syntax, bits }: Whole): PixelDescription {
  const bitsAllocated = bits === 8 ? 8 : 16;
  return pixelsOf({ transferSyntaxUid: syntax, rows: side, columns: side, bitsAllocated, bitsStored: bits });
}

/** What came of a frame: its bytes, or why there are none. Anything but a RenderError is thrown on. */
async function outcome(stored: Uint8Array, pixels: PixelDescription): Promise<Uint8Array | RenderError> {
  try {
    return (await pool.decode(stored, pixels)).data;
  } catch (error) {
    if (error instanceof RenderError) return error;
    throw error;
  }
}

async function expectWhole(whole: Whole): Promise<void> {
  const decoded = await outcome(whole.stored, pixelsFor(whole));
  if (whole.syntax.endsWith('.50')) expect(decoded).toBeInstanceOf(Uint8Array);
  else expect(decoded).toEqual(whole.bits === 8 ? grey : wide);
}

describe('a hostile frame', () => {
  test('that breaks off anywhere is an error, and the next frame is decoded', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(wholes.length - 1),
        fc.double({ min: 0, max: 0.95, noNaN: true }),
        async (index, part) => {
          const whole = wholes[index] as Whole;
          const cut = whole.stored.subarray(0, Math.floor(whole.stored.length * part));
          expect(await outcome(cut, pixelsFor(whole))).toBeInstanceOf(RenderError);
          await expectWhole(whole);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('with any bytes altered is an error or as many bytes as its pixels need, and the next frame is decoded', async () => {
    const alteration = fc.tuple(
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.integer({ min: 0, max: 255 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.nat(wholes.length - 1),
        fc.array(alteration, { minLength: 1, maxLength: 6 }),
        async (index, alterations) => {
          const whole = wholes[index] as Whole;
          const altered = Uint8Array.from(whole.stored);
          for (const [place, value] of alterations) altered[Math.floor(place * altered.length)] = value;
          const decoded = await outcome(altered, pixelsFor(whole));
          if (decoded instanceof Uint8Array) expect(decoded.length).toBe(whole.bits === 8 ? grey.length : wide.length);
          else expect(['corrupt', 'timeout', 'unsupported']).toContain(decoded.reason);
          await expectWhole(whole);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('of any bytes at all is an error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(wholes.length - 1), fc.uint8Array({ maxLength: 300 }), async (index, bytes) => {
        expect(await outcome(bytes, pixelsFor(wholes[index] as Whole))).toBeInstanceOf(RenderError);
      }),
      { numRuns: 100 },
    );
  });

  test('that announces a huge image is refused by its header', async () => {
    const huge = Buffer.from((wholes[4] as Whole).stored);
    huge.writeUInt32BE(0x7fffffff, huge.indexOf(Buffer.from('ff51', 'hex')) + 6);
    expect(await outcome(huge, pixelsFor(wholes[4] as Whole))).toMatchObject({ reason: 'corrupt' });
  });
});
