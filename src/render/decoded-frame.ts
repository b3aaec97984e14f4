/** A frame as stored pixel values: before rescale, LUT, window or palette. */
export interface DecodedFrame {
  /**
   * Little endian, in containers of Bits Allocated, samples interleaved. One byte of 0 or 1 a pixel where Bits Allocated
   * is 1. Native YBR_FULL_422 and YBR_PARTIAL_422 as stored: two luminances, then the colour they share. May share memory
   * with the stored bytes.
   */
  readonly data: Uint8Array;
  /** What the samples mean: RGB where decoding turned YCbCr into it, else as the attributes say. */
  readonly photometricInterpretation: string;
}
