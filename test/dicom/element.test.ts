import { describe, expect, test } from 'vitest';
import { DataSet, type Element } from '../../src/dicom/data-set.ts';
import { tag } from '../../src/dicom/tag.ts';

/** Decodes one element; of a private tag, where none is given: the dictionary has no say in it then. */
function decode(json: unknown, hex = '00091001'): Element {
  const element = DataSet.parse({ [hex]: json }).element(tag(hex));
  if (!element) throw new Error('no element');
  return element;
}

describe('texts', () => {
  test.each(['AE', 'CS', 'LO', 'LT', 'SH', 'ST', 'UC', 'UR', 'UT'])('of %s are taken as they are', (vr) => {
    expect(decode({ vr, Value: ['A b', 'ä日本'] })).toEqual({
      kind: 'text',
      tag: '00091001',
      vr,
      values: ['A b', 'ä日本'],
      isEmpty: false,
      problems: [],
    });
  });

  test('lose the padding that their VR says means nothing', () => {
    expect(decode({ vr: 'CS', Value: [' ORIGINAL ', 'PRIMARY\0'] })).toMatchObject({ values: ['ORIGINAL', 'PRIMARY'] });
    expect(decode({ vr: 'UI', Value: ['1.2.3\0'] })).toMatchObject({ values: ['1.2.3'], problems: [] });
    expect(decode({ vr: 'LT', Value: ['  indented\n  '] })).toMatchObject({ values: ['  indented\n'] });
  });

  test.each([
    ['AS', '018M', '18M', 'AS: not an age'],
    ['AT', '00100010', '0010', 'AT: not a tag'],
    ['DA', '20240229', '20240230', 'DA: not a date'],
    ['DT', '20240229140530+0100', '2024-02-29', 'DT: not a date and time'],
    ['TM', '1405', '25', 'TM: not a time'],
    ['UI', '1.2.3', '1.2.x', 'UI: not a UID'],
  ])('of %s that are not valid stay readable, and the problem is told', (vr, valid, invalid, problem) => {
    expect(decode({ vr, Value: [valid] })).toMatchObject({ vr, values: [valid], problems: [] });
    expect(decode({ vr, Value: [invalid, valid, invalid] })).toMatchObject({
      values: [invalid, valid, invalid],
      problems: [problem],
    });
  });

  test('of AT are in upper case', () => {
    expect(decode({ vr: 'AT', Value: ['7fe00010'] })).toMatchObject({ values: ['7FE00010'] });
  });

  test('that came as numbers stay readable', () => {
    expect(decode({ vr: 'LO', Value: [12, true] })).toMatchObject({
      values: ['12', 'true'],
      problems: ['LO: not a text'],
    });
    expect(decode({ vr: 'LO', Value: [{}, []] })).toMatchObject({ values: [null, null], problems: ['LO: not a text'] });
  });
});

describe('numbers', () => {
  test.each([
    ['DS', 0.1, '0.1'],
    ['FD', -1e-300, '-1e-300'],
    ['FL', 1.5, '1.5'],
    ['IS', -2147483648, '-2147483648'],
    ['SL', -2147483648, '-2147483648'],
    ['SS', -32768, '-32768'],
    ['SV', -9007199254740991, '-9007199254740991'],
    ['UL', 4294967295, '4294967295'],
    ['US', 65535, '65535'],
    ['UV', 9007199254740991, '9007199254740991'],
  ])('of %s may be a number', (vr, value, raw) => {
    expect(decode({ vr, Value: [value] })).toEqual({
      kind: 'number',
      tag: '00091001',
      vr,
      values: [value],
      raw: [raw],
      isEmpty: false,
      problems: [],
    });
  });

  test.each([
    ['DS', '1.50', 1.5],
    ['DS', '-.5E+3 ', -500],
    ['DS', ' 3.', 3],
    ['IS', '+12', 12],
    ['SV', '-12', -12],
    ['UV', '18446744073709551615', 2 ** 64],
    ['US', '512', 512],
  ])('of %s may be the text %j, which is kept', (vr, text, value) => {
    expect(decode({ vr, Value: [text] })).toMatchObject({ kind: 'number', values: [value], raw: [text] });
  });

  test.each([
    ['FD', 'NaN'],
    ['FD', 'Infinity'],
    ['FD', '-Infinity'],
    ['FL', 'inf'],
    ['DS', 'nan'],
    ['FD', Number.MAX_VALUE],
    ['FD', -Number.MAX_VALUE],
    ['FL', 3.4028234663852886e38],
    ['FL', Number.MAX_VALUE],
    ['DS', Number.MAX_VALUE],
    ['DS', '1e999'],
  ])('of %s that stand for no finite number are null: %j', (vr, value) => {
    expect(decode({ vr, Value: [value, 1] })).toMatchObject({
      values: [null, 1],
      raw: [String(value), '1'],
      isEmpty: false,
      problems: [`${vr}: not a finite number`],
    });
  });

  test('of FD may be as large as the largest float', () => {
    expect(decode({ vr: 'FD', Value: [3.4028234663852886e38] })).toMatchObject({
      values: [3.4028234663852886e38],
      problems: [],
    });
  });

  test.each([
    ['IS', 1.5, 'not an integer'],
    ['IS', '1.0', 'not an integer'],
    ['IS', '1e3', 'not an integer'],
    ['US', '0x10', 'not an integer'],
    ['IS', 2147483648, 'out of range'],
    ['SS', 32768, 'out of range'],
    ['US', -1, 'out of range'],
    ['US', 65536, 'out of range'],
    ['UL', '4294967296', 'out of range'],
    ['UV', '18446744073709551616', 'out of range'],
    ['SV', '-9223372036854775809', 'out of range'],
    ['DS', '1,5', 'not a number'],
    ['DS', '1.5\\2.5', 'not a number'],
    ['DS', '1'.repeat(100), 'not a number'],
  ])('of %s that are not valid are null with the text kept: %j', (vr, value, problem) => {
    expect(decode({ vr, Value: [value] })).toMatchObject({
      values: [null],
      raw: [String(value)],
      isEmpty: false,
      problems: [`${vr}: ${problem}`],
    });
  });

  test('of 64 bits beyond 2^53 are rounded, say so, and keep their digits', () => {
    expect(decode({ vr: 'UV', Value: ['9007199254740993'] })).toMatchObject({
      values: [9007199254740992],
      raw: ['9007199254740993'],
      problems: ['UV: beyond 2^53, rounded'],
    });
  });

  test('of another JSON type are null', () => {
    expect(decode({ vr: 'US', Value: [true, {}, [1]] })).toMatchObject({
      values: [null, null, null],
      raw: [null, null, null],
      problems: ['US: not a number'],
    });
  });
});

describe('holes and emptiness', () => {
  test('a hole is null in its place', () => {
    expect(decode({ vr: 'CS', Value: ['A', null, 'C'] })).toMatchObject({ values: ['A', null, 'C'], isEmpty: false });
    expect(decode({ vr: 'DS', Value: [1, null, ''] })).toMatchObject({
      values: [1, null, null],
      raw: ['1', null, null],
      problems: [],
    });
    expect(decode({ vr: 'PN', Value: [null, { Alphabetic: 'Doe^John' }] })).toMatchObject({
      values: [null, { formatted: 'John Doe' }],
      isEmpty: false,
    });
  });

  test.each(['LO', 'DS', 'PN'])('an empty %s is empty, however it is written', (vr) => {
    for (const json of [{ vr }, { vr, Value: [] }, { vr, Value: [null] }, { vr, Value: [''] }, { vr, Value: null }]) {
      expect(decode(json), JSON.stringify(json)).toMatchObject({ values: [], isEmpty: true, problems: [] });
    }
  });

  test('an empty name may also be one without groups', () => {
    expect(decode({ vr: 'PN', Value: [{}] })).toMatchObject({ values: [], isEmpty: true });
    expect(decode({ vr: 'PN', Value: [{ Alphabetic: '' }] })).toMatchObject({ values: [], isEmpty: true });
  });

  test('several empty values are counted, and empty all the same', () => {
    expect(decode({ vr: 'LO', Value: [null, ''] })).toMatchObject({ values: [null, null], isEmpty: true });
  });

  test('an empty sequence has no items, an empty item is one', () => {
    expect(decode({ vr: 'SQ' })).toMatchObject({ kind: 'sequence', items: [], isEmpty: true });
    expect(decode({ vr: 'SQ', Value: [] })).toMatchObject({ items: [], isEmpty: true });
    const one = decode({ vr: 'SQ', Value: [{}] });
    expect(one.isEmpty).toBe(false);
    expect(one.kind === 'sequence' && one.items.map((item) => item.tags())).toEqual([[]]);
  });
});

describe('sequences', () => {
  test('have items in their order, an empty one also where it is null', () => {
    const id = (value: string) => ({ '00100020': { vr: 'LO', Value: [value] } });
    const element = decode({ vr: 'SQ', Value: [id('A'), {}, null, id('B')] });
    expect(element.kind === 'sequence' && element.items.map((item) => item.text(tag('00100020')))).toEqual([
      'A',
      null,
      null,
      'B',
    ]);
    expect(element.problems).toEqual([]);
  });

  test('keep the place of what is no item, and say so', () => {
    const element = decode({ vr: 'SQ', Value: ['item', [], { '00100020': { vr: 'LO', Value: ['B'] } }] });
    expect(element.kind === 'sequence' && element.items.map((item) => item.text(tag('00100020')))).toEqual([
      null,
      null,
      'B',
    ]);
    expect(element.problems).toEqual(['SQ: not an item']);
  });

  test('are read 64 deep and no deeper', () => {
    const sequence = tag('00091001');
    let json: Record<string, unknown> = {};
    for (let depth = 0; depth < 200; depth += 1) json = { [sequence]: { vr: 'SQ', Value: [json] } };
    let dataSet = DataSet.parse(json);
    let depth = 0;
    for (let items = dataSet.items(sequence); items[0]; items = dataSet.items(sequence)) {
      dataSet = items[0];
      depth += 1;
    }
    expect(depth).toBe(64);
    expect(dataSet.element(sequence)).toMatchObject({
      kind: 'sequence',
      items: [],
      isEmpty: false,
      problems: ['SQ: nested too deep'],
    });
  });
});

describe('binary values', () => {
  test.each(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN'])('of %s are inline or referred to', (vr) => {
    expect(decode({ vr, InlineBinary: 'AAECAw==' })).toEqual({
      kind: 'binary',
      tag: '00091001',
      vr,
      inlineBinary: 'AAECAw==',
      bulkDataUri: null,
      isEmpty: false,
      problems: [],
    });
    expect(decode({ vr, BulkDataURI: '../bulkdata/1' })).toMatchObject({
      inlineBinary: null,
      bulkDataUri: '../bulkdata/1',
      isEmpty: false,
    });
    expect(decode({ vr })).toMatchObject({ inlineBinary: null, bulkDataUri: null, isEmpty: true, problems: [] });
    expect(decode({ vr, InlineBinary: '' })).toMatchObject({ inlineBinary: null, isEmpty: true, problems: [] });
  });

  test.each(['DS', 'LT', 'UT', 'US', 'FD', 'SQ', 'PN'])('also of %s may be bulk data', (vr) => {
    expect(decode({ vr, BulkDataURI: 'https://origin.example/bulk/2' })).toMatchObject({
      kind: 'binary',
      vr,
      bulkDataUri: 'https://origin.example/bulk/2',
      isEmpty: false,
    });
  });

  test('may be wrapped in a list, as older archives do', () => {
    expect(decode({ vr: 'OB', InlineBinary: ['AAEC'] })).toMatchObject({ inlineBinary: 'AAEC', problems: [] });
  });

  test('that are not base64, or no text, are null and not empty', () => {
    expect(decode({ vr: 'OB', InlineBinary: 'A*B' })).toMatchObject({
      inlineBinary: null,
      isEmpty: false,
      problems: ['InlineBinary: not base64'],
    });
    expect(decode({ vr: 'OB', BulkDataURI: 12 })).toMatchObject({
      bulkDataUri: null,
      isEmpty: false,
      problems: ['BulkDataURI: not a text'],
    });
    expect(decode({ vr: 'OW', Value: [1, 2, 3] })).toMatchObject({
      kind: 'binary',
      isEmpty: false,
      problems: ['OW: Value in a binary attribute'],
    });
  });

  test('lose to a Value that stands beside them', () => {
    expect(decode({ vr: 'LO', Value: ['A'], BulkDataURI: 'x' })).toMatchObject({
      kind: 'text',
      values: ['A'],
      problems: ['more than one of Value, InlineBinary, BulkDataURI'],
    });
  });
});

describe('a VR', () => {
  test.each([
    ['00280010', { Value: [512] }, { kind: 'number', vr: 'US', values: [512] }],
    ['00100010', { Value: ['Doe^John'] }, { kind: 'personName', vr: 'PN' }],
    ['60020010', { Value: [512] }, { kind: 'number', vr: 'US' }],
    ['00081140', { Value: [{}] }, { kind: 'sequence', vr: 'SQ' }],
    ['00290010', { Value: ['SIEMENS CSA HEADER'] }, { kind: 'text', vr: 'LO' }],
    ['00080000', { Value: [128] }, { kind: 'number', vr: 'UL' }],
    ['7FE00010', { BulkDataURI: 'x' }, { kind: 'binary', vr: 'OB' }],
  ])('that is missing is the one of the dictionary: %s', (hex, json, expected) => {
    expect(decode(json, hex)).toMatchObject({ ...expected, problems: [] });
  });

  test('that is missing and in no dictionary is UN', () => {
    expect(decode({ InlineBinary: 'AAEC' })).toMatchObject({
      vr: 'UN',
      inlineBinary: 'AAEC',
      problems: ['vr: missing'],
    });
    expect(decode({})).toMatchObject({ vr: 'UN', isEmpty: true });
  });

  test('that is none is told, and the one of the dictionary taken', () => {
    expect(decode({ vr: 'xs', Value: [512] }, '00280106')).toMatchObject({
      vr: 'US',
      values: [512],
      problems: ['vr: not a VR'],
    });
    expect(decode({ vr: 'toString', Value: ['A'] }, '00100020')).toMatchObject({ vr: 'LO', values: ['A'] });
  });

  test('given by the origin wins over the dictionary', () => {
    expect(decode({ vr: 'SS', Value: [-5] }, '00280106')).toMatchObject({ vr: 'SS', values: [-5], problems: [] });
    expect(decode({ vr: 'LO', Value: ['20240101'] }, '00080020')).toMatchObject({ vr: 'LO' });
  });

  test('UN of a known attribute that has a Value is the one of the dictionary', () => {
    expect(decode({ vr: 'UN', Value: ['12345'] }, '00100020')).toMatchObject({
      vr: 'LO',
      values: ['12345'],
      problems: [],
    });
    expect(decode({ vr: 'UN', InlineBinary: 'AAEC' }, '00100020')).toMatchObject({ vr: 'UN', inlineBinary: 'AAEC' });
  });
});

test('what is no element is an empty one that says so', () => {
  for (const json of [null, 'CT', 12, [{ vr: 'CS' }]]) {
    expect(decode(json, '00080060')).toMatchObject({ vr: 'CS', values: [], problems: ['not a DICOM JSON element'] });
  }
});

test('a Value that is no list is read as the one value it is, and said to be', () => {
  expect(decode({ vr: 'CS', Value: 'CT' })).toMatchObject({ values: ['CT'], problems: ['Value: not a list'] });
});
