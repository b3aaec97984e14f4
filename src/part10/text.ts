import { type CharacterSet, escapes } from './character-set.ts';

const escapeByte = 0x1b;
const space = 0x20;
const delimiters: Readonly<Record<string, readonly number[]>> = {
  PN: [0x5c, 0x5e, 0x3d], // backslash ^ =
  LO: [0x5c],
  SH: [0x5c],
  UC: [0x5c],
};

/** VRs whose text is in the Specific Character Set; the text of all others is ASCII (PS3.5 §6.1.2.3). */
export function hasOwnCharacters(vr: string): boolean {
  return vr === 'LT' || vr === 'ST' || vr === 'UT' || Object.hasOwn(delimiters, vr);
}

/**
 * Decodes a whole value field, separators of values and of name components included.
 *
 * The second byte of a pair may look like a separator (5C in kanji, in GB18030), so that values can only be told apart
 * after decoding. Escape sequences hold until the next, or until a control character, a separator of values, or in PN a
 * `^` or `=`: there the initial sets return (PS3.5 §6.1.2.5.3). An unknown escape sequence stays in the text.
 */
export function decodeText(bytes: Buffer, vr: string, characters: CharacterSet): string {
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (characters.kind === 'whole') return characters.decode(bytes);
  const resetting = delimiters[vr] ?? [];
  let { g0, g1 } = characters;
  let text = '';
  let runStart = 0;
  let run = g1; // who decodes bytes since runStart
  const endRun = (at: number, nextStart: number): void => {
    if (at > runStart) text += run.decode(bytes.subarray(runStart, at));
    runStart = nextStart;
  };
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] ?? 0;
    const found = byte === escapeByte ? escapeAt(bytes, at) : undefined;
    if (found) {
      endRun(at, at + found.length);
      g0 = found.g0 ?? g0;
      g1 = found.g1 ?? g1;
      run = g1;
      at += found.length;
      continue;
    }
    const isPair = g0.pairs && byte > space && byte < 0x7f;
    const next = isPair ? g0 : g1;
    if (next !== run) {
      endRun(at, at);
      run = next;
    }
    at += isPair ? Math.min(2, bytes.length - at) : 1;
    if (!isPair && (byte < space || resetting.includes(byte))) {
      endRun(at, at);
      ({ g0, g1 } = characters);
      run = g1;
    }
  }
  endRun(bytes.length, bytes.length);
  return text;
}

function escapeAt(bytes: Buffer, at: number) {
  for (const length of [2, 3]) {
    const found = escapes.get(bytes.toString('latin1', at + 1, at + 1 + length));
    if (found) return { ...found, length: length + 1 };
  }
  return undefined;
}

/** Without escape sequences too, so that what is left means the same in every set. */
function isAscii(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte > 0x7f || byte === escapeByte) return false;
  return true;
}

/** Without the padding that PS3.5 §6.2 calls not significant: spaces, and NUL, which is for UI and found elsewhere. */
export function trimmed(text: string, where: 'end' | 'both'): string {
  // Not by a pattern: /[ \0]+$/ is quadratic in a long run of spaces that something follows.
  let end = text.length;
  while (end > 0 && isPadding(text.charCodeAt(end - 1))) end -= 1;
  let start = 0;
  if (where === 'both') while (start < end && isPadding(text.charCodeAt(start))) start += 1;
  return text.slice(start, end);
}

function isPadding(code: number): boolean {
  return code === space || code === 0;
}
