/** Adds up the slices of a volume into two pictures of it from outside, as the scanner's localizer takes them. */
export interface Scout {
  /** @param index - Of the slice, from 0 at the top. Slices come in order. @param values - Hounsfield units. */
  add(index: number, values: Float32Array): void;
  /** Rows from head to feet; columns to the patient's left (frontal) or back (lateral). */
  expose(view: 'frontal' | 'lateral'): Int16Array;
}

export function createScout(size: number, spacingMm: number, slices: number, sliceStepMm: number): Scout {
  const sums = { frontal: new Float32Array(slices * size), lateral: new Float32Array(slices * size) };
  return {
    add(index, values) {
      for (let row = 0; row < size; row++) {
        for (let column = 0; column < size; column++) {
          // Attenuation against that of water: the table is below, and air hardly counts.
          const dense = Math.max(0, ((values[row * size + column] ?? 0) + 990) / 1000);
          const across = index * size + column;
          const along = index * size + row;
          sums.frontal[across] = (sums.frontal[across] ?? 0) + dense * spacingMm;
          sums.lateral[along] = (sums.lateral[along] ?? 0) + dense * spacingMm;
        }
      }
    },
    expose(view) {
      const rows = Math.floor(((slices - 1) * sliceStepMm) / spacingMm);
      const picture = new Int16Array(rows * size);
      const at = (slice: number, column: number): number =>
        sums[view][Math.min(slices - 1, Math.max(0, slice)) * size + column] ?? 0;
      for (let row = 0; row < rows; row++) {
        const place = (row * spacingMm) / sliceStepMm;
        const slice = Math.floor(place);
        const t = place - slice;
        for (let column = 0; column < size; column++) {
          // Catmull-Rom, so that slices do not show as steps.
          const [a, b, c, d] = [at(slice - 1, column), at(slice, column), at(slice + 1, column), at(slice + 2, column)];
          const value = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
          picture[row * size + column] = Math.round(2 * value);
        }
      }
      return picture;
    },
  };
}
