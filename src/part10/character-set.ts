import { TextDecoder } from 'node:util';

/** Turns bytes of text into a string. ASCII bytes stay what they are in every decoder of this kind. */
export type Decode = (bytes: Buffer) => string;

/** What one half of the code table (PS3.5 §6.1.2.4) stands for. */
export interface CodeElement {
  readonly decode: Decode;
  /** Whether bytes below 0x80 come in pairs. Only sets invoked as G0 (JIS X 0208, 0212) have that. */
  readonly pairs: boolean;
}

/** How the text of a data set is encoded: the meaning of Specific Character Set (PS3.3 §C.12.1.1.2). */
export type CharacterSet =
  /** UTF-8, GB18030, GBK: the bytes as a whole, without code extensions. */
  | { readonly kind: 'whole'; readonly decode: Decode }
  /** One byte a character, or ISO 2022 with escape sequences. `g0` and `g1` hold until the first of them. */
  | { readonly kind: 'extensible'; readonly g0: CodeElement; readonly g1: CodeElement };

const latin1: Decode = (bytes) => bytes.toString('latin1');

const decoders = new Map<string, TextDecoder>();

/** By a label of the Encoding Standard. What is not of the encoding becomes U+FFFD. */
function decoding(label: string): Decode {
  return (bytes) => {
    let decoder = decoders.get(label);
    if (!decoder) {
      decoder = new TextDecoder(label);
      decoders.set(label, decoder);
    }
    return decoder.decode(bytes);
  };
}

/** JIS X 0201: half-width katakana above. Below, 5C and 7E stay backslash and tilde, as 5C separates values. */
const katakana: Decode = (bytes) => {
  let text = '';
  for (const byte of bytes) {
    if (byte < 0x80) text += String.fromCharCode(byte);
    else text += byte >= 0xa1 && byte <= 0xdf ? String.fromCharCode(0xff61 + byte - 0xa1) : '\ufffd';
  }
  return text;
};

const eucJp = decoding('euc-jp');

/** EUC-JP has JIS X 0208 with the upper bits set. */
const kanji: Decode = (bytes) => eucJp(Buffer.from(bytes.map((byte) => byte | 0x80)));

/** EUC-JP has JIS X 0212 with the upper bits set, each pair behind 8F. */
const supplementaryKanji: Decode = (bytes) => {
  const shifted: number[] = [];
  for (let at = 0; at < bytes.length; at += 2) {
    shifted.push(0x8f, (bytes[at] ?? 0) | 0x80, (bytes[at + 1] ?? 0) | 0x80);
  }
  return eucJp(Buffer.from(shifted));
};

const single = (decode: Decode): CodeElement => ({ decode, pairs: false });
const ascii = single(latin1);

/** G1 by registration number of ISO-IR (PS3.3 Tables C.12-2 to C.12-4). */
const upperHalves: ReadonlyMap<number, CodeElement> = new Map([
  [6, ascii],
  [13, single(katakana)],
  [58, single(decoding('gbk'))],
  [100, single(latin1)],
  [101, single(decoding('iso-8859-2'))],
  [109, single(decoding('iso-8859-3'))],
  [110, single(decoding('iso-8859-4'))],
  [126, single(decoding('iso-8859-7'))],
  [127, single(decoding('iso-8859-6'))],
  [138, single(decoding('iso-8859-8'))],
  [144, single(decoding('iso-8859-5'))],
  [148, single(decoding('iso-8859-9'))],
  [149, single(decoding('euc-kr'))],
  [166, single(decoding('windows-874'))],
  [203, single(decoding('iso-8859-15'))],
]);

const jisX0208: CodeElement = { decode: kanji, pairs: true };
const jisX0212: CodeElement = { decode: supplementaryKanji, pairs: true };

function upperHalf(number: number): CodeElement {
  return upperHalves.get(number) ?? ascii;
}

/** What an escape sequence invokes, by the bytes after ESC (PS3.3 Tables C.12-3 and C.12-4). */
export const escapes: ReadonlyMap<string, { readonly g0?: CodeElement; readonly g1?: CodeElement }> = new Map([
  ['(B', { g0: ascii }],
  ['(J', { g0: ascii }],
  ['$B', { g0: jisX0208 }],
  ['$@', { g0: jisX0208 }], // JIS C 6226 of 1978: not in DICOM, and written by old systems
  ['$(D', { g0: jisX0212 }],
  [')I', { g1: upperHalf(13) }],
  ['$)A', { g1: upperHalf(58) }],
  ['$)C', { g1: upperHalf(149) }],
  ['-A', { g1: upperHalf(100) }],
  ['-B', { g1: upperHalf(101) }],
  ['-C', { g1: upperHalf(109) }],
  ['-D', { g1: upperHalf(110) }],
  ['-F', { g1: upperHalf(126) }],
  ['-G', { g1: upperHalf(127) }],
  ['-H', { g1: upperHalf(138) }],
  ['-L', { g1: upperHalf(144) }],
  ['-M', { g1: upperHalf(148) }],
  ['-T', { g1: upperHalf(166) }],
  ['-b', { g1: upperHalf(203) }],
]);

/** Sets that replace the whole code table, by their terms without punctuation. */
const wholes: Readonly<Record<string, Decode>> = {
  'ISO IR 192': decoding('utf-8'),
  'UTF 8': decoding('utf-8'),
  UTF8: decoding('utf-8'),
  GB18030: decoding('gb18030'),
  GBK: decoding('gbk'),
  'ISO 2022 GBK': decoding('gbk'),
  GB2312: decoding('gbk'),
};

/** Terms that are no terms of the standard and stand in files. */
const misspelt: Readonly<Record<string, number>> = {
  'ISO 2022 58': 58,
  'ISO 8859 1': 100,
  LATIN1: 100,
  'ISO 8859 15': 203,
};

/** ISO-IR 6 with, for files that do not say what they hold, Latin-1 above: every byte is some character. */
export const defaultCharacterSet: CharacterSet = { kind: 'extensible', g0: ascii, g1: ascii };

/**
 * The character set of the values of Specific Character Set (0008,0005).
 *
 * Wrong punctuation and case are read past (`ISO-IR 100`, `ISO_2022_IR_6`, `utf8`). An unknown term is noted and counts
 * as the default. UTF-8, GB18030 and GBK allow no code extensions (PS3.5 §6.1.2.5.4): as value 1 they stand alone, later
 * they are ignored. Where value 1 leaves G1 empty, bytes above 0x7F before any escape sequence are of the one extension
 * that has a G1: a file in error (PS3.5 §6.1.2.5.3), and there is no other way to read it.
 */
export function characterSetOf(terms: readonly string[], note: (problem: string) => void): CharacterSet {
  const plain = terms.map((term) =>
    term
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, ' ')
      .trim(),
  );
  const first = plain[0] ?? '';
  const whole = Object.hasOwn(wholes, first) ? wholes[first] : undefined;
  if (whole) return { kind: 'whole', decode: whole };
  const numbers = plain.map((term) => {
    if (term === '' || Object.hasOwn(wholes, term)) return 6;
    const number = misspelt[term] ?? Number(/^ISO (?:2022 )?IR (\d{1,3})$/.exec(term)?.[1]);
    if (upperHalves.has(number) || number === 87 || number === 159 || number === 14) return number;
    note('00080005 holds a term that is not known');
    return 6;
  });
  const extension = numbers.slice(1).filter((number) => number !== 6 && upperHalves.has(number));
  const own = upperHalves.get(numbers[0] === 6 ? Number.NaN : (numbers[0] ?? Number.NaN));
  return { kind: 'extensible', g0: ascii, g1: own ?? (extension.length === 1 ? upperHalf(extension[0] ?? 6) : ascii) };
}
