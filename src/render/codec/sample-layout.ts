/** One plane a channel to pixel by pixel, for samples of any number of bytes. */
export function interleave(planes: Uint8Array, channels: number, sampleBytes: number): Uint8Array<ArrayBuffer> {
  const interleaved = new Uint8Array(planes.length);
  const planeBytes = planes.length / channels;
  const step = channels * sampleBytes;
  for (let channel = 0; channel < channels; channel += 1) {
    for (let byte = 0; byte < sampleBytes; byte += 1) {
      let from = channel * planeBytes + byte;
      for (let to = channel * sampleBytes + byte; to < interleaved.length; to += step, from += sampleBytes) {
        interleaved[to] = planes[from] ?? 0;
      }
    }
  }
  return interleaved;
}

/** Pixel by pixel to one plane a channel. */
export function separate(pixels: Uint8Array, channels: number, sampleBytes: number): Uint8Array<ArrayBuffer> {
  const planes = new Uint8Array(pixels.length);
  const planeBytes = pixels.length / channels;
  const step = channels * sampleBytes;
  for (let channel = 0; channel < channels; channel += 1) {
    for (let byte = 0; byte < sampleBytes; byte += 1) {
      let to = channel * planeBytes + byte;
      for (let from = channel * sampleBytes + byte; from < pixels.length; from += step, to += sampleBytes) {
        planes[to] = pixels[from] ?? 0;
      }
    }
  }
  return planes;
}

/** Packed bits, the first pixel in the lowest bit (PS3.5 §8.1.1), to one byte of 0 or 1 a pixel. */
export function unpackBits(packed: Uint8Array, count: number): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(count);
  for (let i = 0; i < count; i += 1) pixels[i] = ((packed[i >> 3] ?? 0) >> (i & 7)) & 1;
  return pixels;
}
