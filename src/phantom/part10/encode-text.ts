/** Turns text into the bytes of a Specific Character Set (PS3.3 §C.12.1.1.2, PS3.5 §6.1). */
export type TextEncoding = (text: string) => Buffer;

const escapeToKanji = Buffer.from('\x1b$B', 'latin1');
const escapeToAscii = Buffer.from('\x1b(B', 'latin1');

/**
 * The encoding for the values of (0008,0005) that the phantoms use: none (ISO 646), ISO_IR 100 (Latin 1), ISO_IR 192
 * (UTF-8), and `\ISO 2022 IR 87` (ASCII with JIS X 0208, switched by escape sequences).
 *
 * @throws {RangeError} A character set that is not among them, and later: a character that the set does not have.
 */
export function textEncodingOf(characterSets: readonly string[]): TextEncoding {
  switch (characterSets.join('\\')) {
    case '':
      return (text) => encodeSingleByte(text, 0x7e);
    case 'ISO_IR 100':
      return (text) => encodeSingleByte(text, 0xff);
    case 'ISO_IR 192':
      return (text) => Buffer.from(text, 'utf8');
    case '\\ISO 2022 IR 87':
      return encodeJapanese;
    default:
      throw new RangeError('A phantom is written in a character set that its writer does not know');
  }
}

function encodeSingleByte(text: string, last: number): Buffer {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > last) throw new RangeError('A phantom has a character outside of its character set');
  }
  return Buffer.from(text, 'latin1');
}

/** ASCII is active at the start of a value and again before each delimiter, so that readers may split first (§6.1.2.5.3). */
function encodeJapanese(text: string): Buffer {
  const parts: Buffer[] = [];
  let kanji = false;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const bytes = code < 0x80 ? Buffer.of(code) : kanjiBytes(character);
    if (code >= 0x80 !== kanji) parts.push(kanji ? escapeToAscii : escapeToKanji);
    kanji = code >= 0x80;
    parts.push(bytes);
  }
  if (kanji) parts.push(escapeToAscii);
  return Buffer.concat(parts);
}

let kanjiTable: ReadonlyMap<string, number> | undefined;

function kanjiBytes(character: string): Buffer {
  kanjiTable ??= createKanjiTable();
  const place = kanjiTable.get(character);
  if (place === undefined) throw new RangeError('A phantom has a character outside of JIS X 0208');
  return Buffer.of(0x21 + Math.floor(place / 94), 0x21 + (place % 94));
}

/** JIS X 0208 backwards: what EUC-JP reads from each of its 94 by 94 places. */
function createKanjiTable(): Map<string, number> {
  const places = Buffer.alloc(94 * 94 * 2);
  for (let place = 0; place < 94 * 94; place++) {
    places[place * 2] = 0xa1 + Math.floor(place / 94);
    places[place * 2 + 1] = 0xa1 + (place % 94);
  }
  const characters = new TextDecoder('euc-jp').decode(places);
  const table = new Map<string, number>();
  for (let place = 0; place < characters.length; place++) {
    const character = characters.charAt(place);
    if (character !== '\ufffd' && !table.has(character)) table.set(character, place);
  }
  return table;
}
