/**
 * The head phantom of Shepp and Logan in three dimensions, on a cube from -1 to 1: centre, half axes, rotation about z in
 * degrees, and what is added inside. The first two are the skull and what it holds; the contrasts of the others are
 * those of Toft, here in steps of 20 HU.
 */
const ellipsoids: readonly (readonly [number, number, number, number, number, number, number, number])[] = [
  [0, 0, 0, 0.69, 0.92, 0.81, 0, 0],
  [0, -0.0184, 0, 0.6624, 0.874, 0.78, 0, 0],
  [0.22, 0, 0, 0.11, 0.31, 0.22, -18, -40],
  [-0.22, 0, 0, 0.16, 0.41, 0.28, 18, -40],
  [0, 0.35, -0.15, 0.21, 0.25, 0.41, 0, 20],
  [0, 0.1, 0.25, 0.046, 0.046, 0.05, 0, 20],
  [0, -0.1, 0.25, 0.046, 0.046, 0.05, 0, 20],
  [-0.08, -0.605, 0, 0.046, 0.023, 0.05, 0, 20],
  [0, -0.606, 0, 0.023, 0.023, 0.02, 0, 20],
  [0.06, -0.605, 0, 0.023, 0.046, 0.02, 0, 20],
];

/** Hounsfield units of what is not an insert. */
export const sheppLoganHu = { air: -1000, skull: 1000, brain: 40 } as const;

/**
 * One slice, row by row; the front of the head is above. No noise and no soft edges: every value can be foretold.
 *
 * @param z - From -1 (neck) to 1 (crown).
 */
export function paintSheppLogan(size: number, z: number): Int16Array {
  const pixels = new Int16Array(size * size).fill(sheppLoganHu.air);
  for (const [index, [cx, cy, cz, ax, ay, az, degrees, added]] of ellipsoids.entries()) {
    const flat = 1 - ((z - cz) / az) ** 2;
    if (flat <= 0) continue;
    const cos = Math.cos((degrees * Math.PI) / 180);
    const sin = Math.sin((degrees * Math.PI) / 180);
    for (let row = 0; row < size; row++) {
      const y = 1 - (2 * row + 1) / size - cy;
      for (let column = 0; column < size; column++) {
        const x = (2 * column + 1) / size - 1 - cx;
        const u = (x * cos + y * sin) / ax;
        const v = (y * cos - x * sin) / ay;
        if (u * u + v * v > flat) continue;
        const i = row * size + column;
        if (index === 0) pixels[i] = sheppLoganHu.skull;
        else if (index === 1) pixels[i] = sheppLoganHu.brain;
        else pixels[i] = (pixels[i] ?? 0) + added;
      }
    }
  }
  return pixels;
}
