import { describe, expect, test } from 'vitest';
import { readPart10 } from '../../src/part10/index.ts';
import { el, part10, uids, type Written } from './part10-writer.ts';

/** A private tag: in explicit encoding its VR is what the element says, whatever the dictionary has. */
const tag = '00091001';
const jsonOf = (vr: string, value: Written['value'], uid: string = uids.explicit) =>
  readPart10(part10([el(tag, vr, value)], uid)).dataSet[tag];

describe('values of each VR as DICOM JSON', () => {
  test.each<[string, Written['value'], readonly unknown[]]>([
    ['AE', ' STORE \\ECHO ', ['STORE', 'ECHO']],
    ['AS', '018M', ['018M']],
    ['CS', ' ORIGINAL\\PRIMARY\\ ', ['ORIGINAL', 'PRIMARY', null]],
    ['DA', '20240131\\1997.04.24', ['20240131', '1997.04.24']],
    ['DS', ' 1.5\\-0.25 \\1.50\\1e3\\0\\\\x', [1.5, -0.25, '1.50', '1e3', 0, null, 'x']],
    ['DT', '20240131120000.5+0100', ['20240131120000.5+0100']],
    ['IS', '12\\ -3 \\007\\+5\\1A\\9007199254740993', [12, -3, '007', '+5', '1A', '9007199254740993']],
    ['LO', ' a b \\c', ['a b', 'c']],
    ['LT', ' two\\lines\r\nhere  ', [' two\\lines\r\nhere']],
    [
      'PN',
      'A^B=C^D=E^F\\\\^^',
      [{ Alphabetic: 'A^B', Ideographic: 'C^D', Phonetic: 'E^F' }, null, { Alphabetic: '^^' }],
    ],
    ['SH', 'x\\y', ['x', 'y']],
    ['ST', 'a\\b', ['a\\b']],
    ['TM', '120000.5 ', ['120000.5']],
    ['UC', 'long\\longer', ['long', 'longer']],
    ['UI', '1.2.3\\1.2.4', ['1.2.3', '1.2.4']],
    ['UR', 'https://example.org/a?b=c\\d ', ['https://example.org/a?b=c\\d']],
    ['UT', 'any\\text  ', ['any\\text']],
    ['US', [0, 65535], [0, 65535]],
    ['SS', [-32768, 32767], [-32768, 32767]],
    ['UL', [4294967295], [4294967295]],
    ['SL', [-2147483648], [-2147483648]],
    ['UV', [5n, 18446744073709551615n], [5, '18446744073709551615']],
    ['SV', [-5n, -9223372036854775808n], [-5, '-9223372036854775808']],
    ['FL', [0.5, 0.10000000149011612], [0.5, 0.10000000149011612]],
    ['FD', [0.1, Number.MAX_VALUE], [0.1, Number.MAX_VALUE]],
  ])('%s', (vr, value, expected) => {
    expect(jsonOf(vr, value)).toEqual({ vr, Value: expected });
    if (vr !== 'UI' && typeof value === 'string') return;
    expect(jsonOf(vr, value, uids.bigEndian)).toEqual({ vr, Value: expected });
  });

  test('AT is the tag in hex digits, in either byte order', () => {
    expect(jsonOf('AT', Buffer.from('1000 2000 e07f 1000'.replaceAll(' ', ''), 'hex'))).toEqual({
      vr: 'AT',
      Value: ['00100020', '7FE00010'],
    });
    expect(jsonOf('AT', Buffer.from('7fe0001a', 'hex'), uids.bigEndian)).toEqual({ vr: 'AT', Value: ['7FE0001A'] });
  });

  test('numbers that JSON has not are named', () => {
    const value = { vr: 'FD', Value: ['NaN', 'Infinity', '-Infinity'] };
    expect(jsonOf('FD', [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])).toEqual(value);
    expect(JSON.parse(JSON.stringify(value))).toEqual(value);
  });

  test.each(['CS', 'PN', 'DS', 'US', 'OB', 'UN', 'SQ', 'UT', 'AT'])('an empty %s has its VR alone', (vr) => {
    expect(jsonOf(vr, '')).toEqual({ vr });
  });

  test.each([
    ['CS', '  '],
    ['UI', '\0\0'],
    ['LO', '\0 '],
    ['IS', '    '],
  ])('a %s of nothing but padding is empty', (vr, value) => {
    expect(jsonOf(vr, value)).toEqual({ vr });
  });

  test('empty values among others are null, also when there is nothing else', () => {
    expect(jsonOf('CS', '\\A\\')).toEqual({ vr: 'CS', Value: [null, 'A', null] });
    expect(jsonOf('LO', '\\')).toEqual({ vr: 'LO', Value: [null, null] });
  });

  test('a UID that is padded with a space is the UID', () => {
    expect(jsonOf('UI', Buffer.from('1.2.3 '))).toEqual({ vr: 'UI', Value: ['1.2.3'] });
  });

  test.each(['OB', 'OW', 'OF', 'OD', 'OL', 'OV', 'UN'])('%s is base64', (vr) => {
    const bytes = Buffer.from('0011223344556677', 'hex');
    expect(jsonOf(vr, bytes)).toEqual({ vr, InlineBinary: bytes.toString('base64') });
  });

  test.each([
    ['OB', '0011223344556677'],
    ['UN', '0011223344556677'],
    ['OW', '1100332255447766'],
    ['OF', '3322110077665544'],
    ['OL', '3322110077665544'],
    ['OD', '7766554433221100'],
    ['OV', '7766554433221100'],
  ])('%s of a Big Endian file is Little Endian in JSON', (vr, expected) => {
    const json = jsonOf(vr, Buffer.from('0011223344556677', 'hex'), uids.bigEndian);
    expect(Buffer.from(json?.InlineBinary ?? '', 'base64').toString('hex')).toBe(expected);
  });

  test('a VR of no edition is UN, with 32 bits of length or, as old files have it, with 16', () => {
    const next = el('00100020', 'LO', 'P1');
    const long = readPart10(part10([el(tag, 'ZZ', Buffer.from('abcd')), next]));
    const short = readPart10(part10([el(tag, 'QQ', Buffer.from('abcd')), next]));
    for (const file of [long, short]) {
      expect(file.dataSet).toEqual({
        [tag]: { vr: 'UN', InlineBinary: Buffer.from('abcd').toString('base64') },
        '00100020': { vr: 'LO', Value: ['P1'] },
      });
    }
  });

  test('a value whose length is not of its VR is given as bytes, and that is told', () => {
    const file = readPart10(part10([el(tag, 'UL', Buffer.from('abcdef'))]));
    expect(file.dataSet[tag]).toEqual({ vr: 'UN', InlineBinary: Buffer.from('abcdef').toString('base64') });
    expect(file.problems).toEqual(['00091001 has a length that is not of VR UL']);
  });

  test('a long run of spaces within a text costs no time', () => {
    const text = `a${' '.repeat(2_000_000)}b`;
    const start = performance.now();
    expect(jsonOf('UT', text)?.Value?.[0]).toHaveLength(2_000_002);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('what is left out of DICOM JSON', () => {
  test('group lengths, groups 0000 and 0002, and trailing padding', () => {
    const file = readPart10(
      part10([el('00080000', 'UL', [4]), el('00080016', 'UI', '1.2.3'), el('FFFCFFFC', 'OB', Buffer.alloc(4000))]),
    );
    expect(file.dataSet).toEqual({ '00080016': { vr: 'UI', Value: ['1.2.3'] } });
    expect(file.bulk.size).toBe(0);
  });
});

describe('elements that are not as PS3.5 has them', () => {
  const patient = { vr: 'LO', Value: ['P1'] };

  test('out of order they are put in order', () => {
    const file = readPart10(part10([el('00100020', 'LO', 'P1'), el('00080060', 'CS', 'CT')]));
    expect(Object.keys(file.dataSet)).toEqual(['00080060', '00100020']);
    expect(file.problems).toEqual(['00080060 is out of order']);
  });

  test('of two with one tag the last counts, in bulk data too', () => {
    const file = readPart10(
      part10([
        el('00100020', 'LO', 'P0'),
        el('00100020', 'LO', 'P1'),
        el(tag, 'OB', Buffer.alloc(2000)),
        el(tag, 'OB', ''),
      ]),
    );
    expect(file.dataSet['00100020']).toEqual(patient);
    expect(file.dataSet[tag]).toEqual({ vr: 'OB' });
    expect(file.bulk.size).toBe(0);
  });

  test('odd lengths are taken as they are', () => {
    const file = readPart10(part10([el('00080070', 'LO', Buffer.from('abc')), el('00100020', 'LO', 'P1')]));
    expect(file.dataSet).toEqual({ '00080070': { vr: 'LO', Value: ['abc'] }, '00100020': patient });
    expect(file.problems).toEqual(['00080070 has an odd length']);
  });

  test.each([1, 7, 512])('%d zero bytes after the last are passed over', (zeros) => {
    const file = readPart10(Buffer.concat([part10([el('00100020', 'LO', 'P1')]), Buffer.alloc(zeros)]));
    expect(file.dataSet).toEqual({ '00100020': patient });
    expect(file.problems).toEqual([`${zeros} zero bytes after the last element`]);
  });
});
