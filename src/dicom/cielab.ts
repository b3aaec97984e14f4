/** A colour of CIELab: L* 0 to 100, a* and b* -128 to 127, reference white D50. */
export interface CieLab {
  readonly l: number;
  readonly a: number;
  readonly b: number;
}

/** sRGB, 0 to 255 each. */
export interface Rgb {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/**
 * The colour that three unsigned 16-bit values stand for: L* is scaled from 0 to 100; a* and b* from -128 to 127, so that
 * 8080H is 0. Null: not three values.
 *
 * @see PS3.3 §C.10.7.1.1
 */
export function decodeCieLab(values: readonly (number | null)[]): CieLab | null {
  const [l, a, b] = values;
  if (values.length !== 3 || l == null || a == null || b == null) return null;
  return { l: (l / 0xffff) * 100, a: a / 257 - 128, b: b / 257 - 128 };
}

const d50 = [0.96422, 1, 0.82521] as const;

/** XYZ of D50, the white of ICC's connection space, adapted to D65 (Bradford) and taken apart into linear sRGB. */
const toLinearRgb = [
  [3.1338561, -1.6168667, -0.4906146],
  [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427],
] as const;

/**
 * A colour as screens show it. CIELab in DICOM is that of ICC's profile connection space, whose white is D50; what sRGB
 * cannot show is clipped, channel by channel.
 *
 * Some writers (dcmtk and what uses it) take D65 for the white: their colours come out a few steps from what they meant.
 */
export function cieLabToRgb({ l, a, b }: CieLab): Rgb {
  const y = (l + 16) / 116;
  const xyz = [y + a / 500, y, y - b / 200].map(
    (t, i) => (d50[i] ?? 1) * (t > 6 / 29 ? t ** 3 : (t - 4 / 29) * 3 * (6 / 29) ** 2),
  );
  const [red = 0, green = 0, blue = 0] = toLinearRgb.map((row) =>
    toByte(row.reduce((sum, factor, i) => sum + factor * (xyz[i] ?? 0), 0)),
  );
  return { red, green, blue };
}

/** The transfer function of sRGB (IEC 61966-2-1). */
function toByte(linear: number): number {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(Math.min(1, Math.max(0, value)) * 255);
}

/** `#dd8265`, as in style sheets. */
export const rgbToHex = ({ red, green, blue }: Rgb): string =>
  `#${[red, green, blue].map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
