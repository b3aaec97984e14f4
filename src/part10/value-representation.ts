/** VRs whose explicit form has a length of 16 bits (PS3.5 Table 7.1-2). */
const shortForm = new Set('AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US'.split(' '));

const longForm = new Set('OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' '));

/** Bytes that are one number in a binary value: what is swapped in Big Endian (PS3.5 §7.3). */
const binaryWords: Readonly<Record<string, 1 | 2 | 4 | 8>> = { OB: 1, UN: 1, OW: 2, OF: 4, OL: 4, OD: 8, OV: 8 };

export function isKnownVr(vr: string): boolean {
  return shortForm.has(vr) || longForm.has(vr);
}

/** Whether the length follows in 16 bits. Every other VR, also one of a later edition, has 32 after two reserved bytes. */
export function hasShortLength(vr: string): boolean {
  return shortForm.has(vr);
}

/** VRs that go into DICOM JSON as base64 or as bulk data (PS3.18 §F.2.7). */
export function isBinaryVr(vr: string): boolean {
  return Object.hasOwn(binaryWords, vr);
}

export function wordBytesOf(binaryVr: string): 1 | 2 | 4 | 8 {
  return binaryWords[binaryVr] ?? 1;
}
