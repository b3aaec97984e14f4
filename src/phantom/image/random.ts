/**
 * Numbers that look random and are the same every time, in [0, 1). Mulberry32: 32 bits of state, good enough for grain.
 */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Grain of mean 0 and standard deviation 1, normally distributed, that repeats without a seam after `size` pixels
 * (a power of two). `blur` joins neighbours, as the kernel of a scanner does.
 */
export function createGrain(seed: number, size: number, blur: 0 | 1 | 2 = 0): Float32Array {
  const random = createRandom(seed);
  let grain = new Float32Array(size * size);
  // Irwin-Hall of four uniform numbers: close enough to a normal distribution, and five times as fast as Box-Muller.
  for (let i = 0; i < grain.length; i++) grain[i] = random() + random() + random() + random() - 2;
  for (let pass = 0; pass < blur; pass++) grain = smooth(grain, size);
  let squares = 0;
  for (const value of grain) squares += value * value;
  const scale = 1 / Math.sqrt(squares / grain.length);
  for (let i = 0; i < grain.length; i++) grain[i] = (grain[i] ?? 0) * scale;
  return grain;
}

/** The grain at a pixel, shifted by an amount that differs from slice to slice. */
export function grainAt(grain: Float32Array, size: number, column: number, row: number, slice: number): number {
  const x = (column + slice * 61) & (size - 1);
  const y = (row + slice * 37) & (size - 1);
  return grain[y * size + x] ?? 0;
}

function smooth(grain: Float32Array, size: number): Float32Array<ArrayBuffer> {
  const result = new Float32Array(grain.length);
  const mask = size - 1;
  for (let y = 0; y < size; y++) {
    const above = ((y - 1) & mask) * size;
    const below = ((y + 1) & mask) * size;
    for (let x = 0; x < size; x++) {
      const i = y * size + x;
      const sides = (grain[y * size + ((x - 1) & mask)] ?? 0) + (grain[y * size + ((x + 1) & mask)] ?? 0);
      result[i] = 2 * (grain[i] ?? 0) + sides + (grain[above + x] ?? 0) + (grain[below + x] ?? 0);
    }
  }
  return result;
}
