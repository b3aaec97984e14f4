/**
 * Compresses a frame of interleaved 8-bit samples as RLE Lossless: one segment a sample, each row on its own, after a
 * header of 64 bytes with the places of the segments (PS3.5 §G).
 */
export function encodeRle(frame: Uint8Array, columns: number, rows: number, samples: number): Buffer {
  // At worst every 128 bytes take one more.
  const packed = Buffer.alloc(64 + samples * (rows * (columns + Math.ceil(columns / 128)) + 1));
  const line = new Uint8Array(columns);
  let offset = 64;
  packed.writeUInt32LE(samples, 0);
  for (let sample = 0; sample < samples; sample++) {
    packed.writeUInt32LE(offset, 4 + sample * 4);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        line[column] = frame[(row * columns + column) * samples + sample] ?? 0;
      }
      offset = packBits(line, packed, offset);
    }
    offset += offset % 2;
  }
  return packed.subarray(0, offset);
}

/** Runs of up to 128 equal bytes, and stretches of up to 128 others (PS3.5 §G.3.1). Returns where it ended. */
function packBits(line: Uint8Array, into: Buffer, start: number): number {
  let offset = start;
  let at = 0;
  while (at < line.length) {
    const run = runLength(line, at);
    if (run > 2) {
      into[offset] = 257 - run;
      into[offset + 1] = line[at] ?? 0;
      offset += 2;
      at += run;
      continue;
    }
    let end = at + 1;
    while (end < line.length && end - at < 128 && runLength(line, end) < 3) end++;
    into[offset] = end - at - 1;
    into.set(line.subarray(at, end), offset + 1);
    offset += 1 + end - at;
    at = end;
  }
  return offset;
}

function runLength(line: Uint8Array, from: number): number {
  const value = line[from];
  let end = from + 1;
  while (end < line.length && end - from < 128 && line[end] === value) end++;
  return end - from;
}
