/** How pixel values between the ends of a window become grey levels (PS3.3 §C.11.2.1.3). */
export type WindowFunction = 'linear' | 'linear-exact' | 'sigmoid';

/** A window in modality values: Hounsfield units of a CT, for instance. */
export interface VoiWindow {
  readonly center: number;
  /** Above 0; at least 1 where the function is `linear`. */
  readonly width: number;
  readonly function: WindowFunction;
}

/**
 * The window as a function from modality value to grey level, 0 to `most`, not rounded.
 *
 * @see PS3.3 §C.11.2.1.2.1 (LINEAR), §C.11.2.1.3.1 (SIGMOID), §C.11.2.1.3.2 (LINEAR_EXACT)
 */
export function greyLevelOf(window: VoiWindow, most: number): (value: number) => number {
  const { center, width } = window;
  if (window.function === 'sigmoid') return (value) => most / (1 + Math.exp((-4 * (value - center)) / width));
  // LINEAR counts the values in the window, so that width 1 is a threshold; LINEAR_EXACT measures from end to end.
  const isExact = window.function === 'linear-exact';
  const middle = isExact ? center : center - 0.5;
  const span = isExact ? width : width - 1;
  const low = middle - span / 2;
  const high = middle + span / 2;
  return (value) => {
    if (value <= low) return 0;
    return value > high ? most : ((value - middle) / span + 0.5) * most;
  };
}

/** `LINEAR`, `LINEAR_EXACT` or `SIGMOID` of VOI LUT Function (0028,1056). What is absent or unknown is LINEAR. */
export function windowFunctionOf(defined: string | null): WindowFunction {
  if (defined === 'SIGMOID') return 'sigmoid';
  return defined === 'LINEAR_EXACT' ? 'linear-exact' : 'linear';
}
