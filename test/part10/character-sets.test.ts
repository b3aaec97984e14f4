import { describe, expect, test } from 'vitest';
import { readPart10 } from '../../src/part10/index.ts';
import { el, part10, sq, uids, type Written } from './part10-writer.ts';

const esc = '\x1b';

const read = (...elements: readonly Written[]) => readPart10(part10(elements));
/** The first value of an element; each character of `value` is one byte of it. */
const firstOf = (charset: string, vr: string, value: string): unknown =>
  read(el('00080005', 'CS', charset), el('00091001', vr, value)).dataSet['00091001']?.Value?.[0];
const nameOf = (charset: string, value: string): unknown => firstOf(charset, 'PN', value);

describe('the examples of PS3.5 Annexes H to K', () => {
  test('H.3.1: Japanese, kanji by escape sequence, with a ^ as the second byte of a kana', () => {
    const value =
      `Yamada^Tarou=${esc}$B;3ED${esc}(B^${esc}$BB@O:${esc}(B=` + `${esc}$B$d$^$@${esc}(B^${esc}$B$?$m$&${esc}(B`;
    expect(nameOf('\\ISO 2022 IR 87', value)).toEqual({
      Alphabetic: 'Yamada^Tarou',
      Ideographic: '山田^太郎',
      Phonetic: 'やまだ^たろう',
    });
  });

  test('H.3.2: Japanese, half-width katakana in value 1', () => {
    const value =
      `\xd4\xcf\xc0\xde^\xc0\xdb\xb3=${esc}$B;3ED${esc}(J^${esc}$BB@O:${esc}(J=` +
      `${esc}$B$d$^$@${esc}(J^${esc}$B$?$m$&${esc}(J`;
    expect(nameOf('ISO 2022 IR 13\\ISO 2022 IR 87', value)).toEqual({
      Alphabetic: 'ﾔﾏﾀﾞ^ﾀﾛｳ',
      Ideographic: '山田^太郎',
      Phonetic: 'やまだ^たろう',
    });
  });

  test('I.2: Korean', () => {
    const value =
      `Hong^Gildong=${esc}$)C\xfb\xf3^${esc}$)C\xd1\xce\xd4\xd7=` + `${esc}$)C\xc8\xab^${esc}$)C\xb1\xe6\xb5\xbf`;
    expect(nameOf('\\ISO 2022 IR 149', value)).toEqual({
      Alphabetic: 'Hong^Gildong',
      Ideographic: '洪^吉洞',
      Phonetic: '홍^길동',
    });
  });

  test('J.1: Chinese in UTF-8', () => {
    const value = 'Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1=';
    expect(nameOf('ISO_IR 192', value)).toEqual({ Alphabetic: 'Wang^XiaoDong', Ideographic: '王^小東' });
  });

  test('J.3: Chinese in GB18030', () => {
    const value = 'Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=';
    expect(nameOf('GB18030', value)).toEqual({ Alphabetic: 'Wang^XiaoDong', Ideographic: '王^小东' });
  });

  test('K.2: Chinese in GB 2312', () => {
    const value = `Zhang^XiaoDong=${esc}$)A\xd5\xc5^${esc}$)A\xd0\xa1\xb6\xab=`;
    expect(nameOf('\\ISO 2022 IR 58', value)).toEqual({ Alphabetic: 'Zhang^XiaoDong', Ideographic: '张^小东' });
  });
});

describe('one character set without code extensions', () => {
  test.each([
    ['ISO_IR 100', '\xc4neas^R\xfcdiger', 'Äneas^Rüdiger'],
    ['ISO_IR 101', 'Wa\xb3\xeasa', 'Wałęsa'],
    ['ISO_IR 109', '\xa6or\xf8', 'Ĥorĝ'],
    ['ISO_IR 110', '\xb9iaur\xe0s', 'šiaurās'],
    ['ISO_IR 126', '\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2', 'Διονυσιος'],
    ['ISO_IR 127', '\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1', 'قباني^لنزار'],
    ['ISO_IR 138', '\xf9\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4', 'שרון^דבורה'],
    ['ISO_IR 144', '\xbb\xee\xda', 'Люк'],
    ['ISO_IR 148', '\xc7avu\xfeo\xf0lu', 'Çavuşoğlu'],
    ['ISO_IR 166', '\xbb\xc3\xd0\xe0\xb7\xc8', 'ประเทศ'],
    ['ISO_IR 203', '\xa4 \xbd', '€ œ'],
    ['ISO_IR 13', '\xb1\xb2', 'ｱｲ'],
    ['GBK', '\xcd\xf5', '王'],
  ])('%s', (charset, value, expected) => {
    expect(firstOf(charset, 'LO', value)).toBe(expected);
  });

  test('in GB18030 a backslash, a ^ and a quote within a character are no separators', () => {
    expect(firstOf('GB18030', 'LO', '\x81\x5c\x81\x5e')).toBe('乗乛');
    expect(nameOf('GB18030', '\x81\x5c^\x81\x5e')).toEqual({ Alphabetic: '乗^乛' });
  });

  test('VRs that Specific Character Set does not touch are not decoded with it', () => {
    expect(firstOf('ISO_IR 192', 'CS', '\xc3\xa4')).toBe('Ã¤');
    expect(firstOf('ISO_IR 192', 'LO', '\xc3\xa4')).toBe('ä');
  });

  test('bytes that are not of the character set become the replacement character', () => {
    expect(firstOf('ISO_IR 192', 'LO', 'M\xfcller')).toBe('M\ufffdller');
    expect(firstOf('ISO_IR 13', 'LO', 'a\x80')).toBe('a\ufffd');
  });

  test('without Specific Character Set, bytes above 7F are read as Latin-1', () => {
    expect(read(el('00100010', 'PN', 'M\xfcller')).dataSet['00100010']?.Value).toEqual([{ Alphabetic: 'Müller' }]);
  });

  test.each(['ISO_IR 192', 'GB18030', 'ISO_IR 100'])('%s stays in the JSON as the file has it', (charset) => {
    expect(read(el('00080005', 'CS', charset)).dataSet['00080005']).toEqual({ vr: 'CS', Value: [charset] });
  });
});

describe('code extensions', () => {
  const greek = `${esc}-F`;
  const cyrillic = `${esc}-L`;

  test('several single-byte sets take turns', () => {
    const value = `Dionysios=${greek}\xc4\xe9\xef ${cyrillic}\xbb\xee ${esc}-A\xfc`;
    expect(nameOf('ISO 2022 IR 100\\ISO 2022 IR 144\\ISO 2022 IR 126', value)).toEqual({
      Alphabetic: 'Dionysios',
      Ideographic: 'Διο Лю ü',
    });
  });

  test.each([
    ['LO', '\\'],
    ['LO', '\r\n'],
    ['LT', '\n'],
    ['UT', '\f'],
    ['ST', '\t'],
    ['PN', '^'],
    ['PN', '='],
    ['PN', '\\'],
  ])('in %s the initial set returns after %j', (vr, delimiter) => {
    const file = read(
      el('00080005', 'CS', 'ISO 2022 IR 100\\ISO 2022 IR 126'),
      el('00091001', vr, `${greek}\xe9${delimiter}\xe9`),
    );
    expect(JSON.stringify(file.dataSet['00091001']?.Value)).toMatch(/ι.*é/);
  });

  test.each([
    ['LO', '^'],
    ['LO', '='],
    ['UT', '\\'],
    ['LT', '^'],
  ])('in %s a %j is text, and the set stays', (vr, character) => {
    const charset = 'ISO 2022 IR 100\\ISO 2022 IR 126';
    expect(firstOf(charset, vr, `${greek}\xe9${character}\xe9`)).toBe(`ι${character}ι`);
  });

  test('JIS X 0212 and JIS X 0208 in one value', () => {
    const value = `${esc}$(D0!${esc}$B;3${esc}(B!`;
    expect(firstOf('ISO 2022 IR 6\\ISO 2022 IR 87\\ISO 2022 IR 159', 'LO', value)).toBe('丂山!');
  });

  test.each([
    ['\\', '載'],
    ['^', '剤'],
    ['=', '砂'],
  ])('a kanji whose second byte looks like %j is one character', (second, kanji) => {
    expect(nameOf('\\ISO 2022 IR 87', `${esc}$B\x3a${second}${esc}(B^A`)).toEqual({ Alphabetic: `${kanji}^A` });
  });

  test('a katakana set is invoked by its escape sequence', () => {
    expect(firstOf('\\ISO 2022 IR 13', 'LO', `a${esc})I\xb1${esc}(Jb`)).toBe('aｱb');
  });

  test('an escape sequence that is not declared is followed, an unknown one stays in the text', () => {
    expect(firstOf('ISO_IR 100', 'LO', `${esc}$B;3${esc}(B`)).toBe('山');
    expect(firstOf('ISO_IR 100', 'LO', `a${esc}%Gb`)).toBe(`a${esc}%Gb`);
  });

  test('Korean without its escape sequence is read by the only set that has such bytes', () => {
    expect(firstOf('\\ISO 2022 IR 149', 'LO', '\xc8\xab')).toBe('홍');
  });

  test('a kanji that is cut off ends the text, and nothing else', () => {
    expect(firstOf('\\ISO 2022 IR 87', 'LO', `a${esc}$B;3;`)).toMatch(/^a山./);
  });
});

describe('Specific Character Set as it is misspelt', () => {
  test.each([
    'ISO-IR 100',
    'ISO IR 100',
    'iso_ir_100',
    'ISO_2022_IR_100',
    'ISO 2022 IR 100',
    ' ISO_IR 100 ',
    'LATIN1',
    'ISO 8859-1',
  ])('%j is Latin-1', (charset) => {
    const file = read(el('00080005', 'CS', charset), el('00100020', 'LO', '\xfc'));
    expect(file.dataSet['00100020']?.Value).toEqual(['ü']);
    expect(file.problems).toEqual([]);
  });

  test.each(['UTF-8', 'utf8', 'ISO IR 192', 'ISO_IR 192\\ISO 2022 IR 100'])('%j is UTF-8', (charset) => {
    expect(firstOf(charset, 'LO', '\xc3\xa4')).toBe('ä');
  });

  test('an unknown term counts as the default, and is told without its text', () => {
    const file = read(el('00080005', 'CS', 'KLINGON'), el('00100020', 'LO', '\xfc'));
    expect(file.dataSet['00100020']?.Value).toEqual(['ü']);
    expect(file.problems).toEqual(['00080005 holds a term that is not known']);
  });
});

describe('character sets of sequence items', () => {
  const item = (...elements: readonly Written[]) => elements;
  const meaning = (latin1: string): Written => el('00080104', 'LO', latin1);

  test.each([false, true])('are those around them, or their own (undefined length: %s)', (undefinedLength) => {
    const file = readPart10(
      part10(
        [
          el('00080005', 'CS', 'ISO_IR 144'),
          sq(
            '00081032',
            [
              item(meaning('\xbb')),
              item(
                el('00080005', 'CS', 'ISO_IR 192'),
                meaning('\xc3\xa4'),
                sq('00080121', [item(meaning('\xc3\xb6'))]),
              ),
              item(meaning('\xbb')),
            ],
            { undefinedLength },
          ),
          el('00100020', 'LO', '\xbb'),
        ],
        uids.explicit,
      ),
    );
    expect(file.dataSet['00081032']?.Value).toEqual([
      { '00080104': { vr: 'LO', Value: ['Л'] } },
      {
        '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
        '00080104': { vr: 'LO', Value: ['ä'] },
        '00080121': { vr: 'SQ', Value: [{ '00080104': { vr: 'LO', Value: ['ö'] } }] },
      },
      { '00080104': { vr: 'LO', Value: ['Л'] } },
    ]);
    expect(file.dataSet['00100020']?.Value).toEqual(['Л']);
  });
});
