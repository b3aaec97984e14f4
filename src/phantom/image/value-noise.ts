import { createRandom } from './random.ts';

/** Smooth noise in three dimensions, between -1 and 1, about one bump a unit of length. */
export function createValueNoise(seed: number): (x: number, y: number, z: number) => number {
  const random = createRandom(seed);
  const lattice = Float32Array.from({ length: 4096 }, () => random() * 2 - 1);
  const at = (x: number, y: number, z: number): number => lattice[(x & 15) | ((y & 15) << 4) | ((z & 15) << 8)] ?? 0;
  return (x, y, z) => {
    const ix = Math.floor(x);
    const iy = Math.floor(y);
    const iz = Math.floor(z);
    const u = fade(x - ix);
    const v = fade(y - iy);
    const w = fade(z - iz);
    const near = lerp(
      lerp(at(ix, iy, iz), at(ix + 1, iy, iz), u),
      lerp(at(ix, iy + 1, iz), at(ix + 1, iy + 1, iz), u),
      v,
    );
    const far = lerp(
      lerp(at(ix, iy, iz + 1), at(ix + 1, iy, iz + 1), u),
      lerp(at(ix, iy + 1, iz + 1), at(ix + 1, iy + 1, iz + 1), u),
      v,
    );
    return lerp(near, far, w);
  };
}

function fade(t: number): number {
  return t * t * (3 - 2 * t);
}

function lerp(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}
