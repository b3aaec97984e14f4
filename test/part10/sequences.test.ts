import { describe, expect, test } from 'vitest';
import { readPart10 } from '../../src/part10/index.ts';
import {
  dataSetBytes,
  el,
  encapsulated,
  explicitBig,
  explicitLittle,
  implicitLittle,
  part10,
  sq,
  uids,
  type Written,
} from './part10-writer.ts';

const code = (value: string): readonly Written[] => [el('00080100', 'SH', value)];
const codeJson = (value: string) => ({ '00080100': { vr: 'SH', Value: [value] } });
const after = el('00100020', 'LO', 'P1');
const afterJson = { vr: 'LO', Value: ['P1'] };
const read = (elements: readonly Written[], uid: string = uids.explicit) => readPart10(part10(elements, uid));

describe('sequences', () => {
  test.each([
    [uids.explicit, false],
    [uids.explicit, true],
    [uids.implicit, false],
    [uids.implicit, true],
    [uids.bigEndian, false],
    [uids.bigEndian, true],
  ])('nest, with lengths or delimiters (%s, delimited: %s)', (uid, undefinedLength) => {
    const options = { undefinedLength };
    const inner = sq('00400008', [code('A'), [], code('B')], options);
    const { dataSet, problems } = read([sq('00081115', [], options), after, sq('00400275', [[inner]], options)], uid);
    expect(dataSet).toEqual({
      '00081115': { vr: 'SQ' },
      '00400275': { vr: 'SQ', Value: [{ '00400008': { vr: 'SQ', Value: [codeJson('A'), {}, codeJson('B')] } }] },
      '00100020': afterJson,
    });
    expect(problems).toEqual([]);
  });

  test('of a private tag are sequences where the VR or the missing length says so', () => {
    const options = { undefinedLength: true };
    expect(read([sq('00091001', [code('A')])]).dataSet['00091001']).toEqual({ vr: 'SQ', Value: [codeJson('A')] });
    expect(read([sq('00091001', [code('A')], options)], uids.implicit).dataSet['00091001']).toEqual({
      vr: 'SQ',
      Value: [codeJson('A')],
    });
    expect(read([sq('00091001', [code('A')])], uids.implicit).dataSet['00091001']?.vr).toBe('UN');
  });

  test('are read up to the allowed depth', () => {
    const nested = (depth: number): readonly Written[] => (depth === 0 ? [] : [sq('00081115', [nested(depth - 1)])]);
    expect(read(nested(64)).dataSet['00081115']?.vr).toBe('SQ');
    expect(() => read(nested(65))).toThrow(expect.objectContaining({ name: 'Part10Error', reason: 'too-large' }));
    expect(() => readPart10(part10(nested(3)), { maxDepth: 2 })).toThrow(
      expect.objectContaining({ reason: 'too-large' }),
    );
  });

  test('count with all their items and elements against the allowed number', () => {
    const file = part10([sq('00081115', [code('A'), code('B')])]);
    expect(readPart10(file, { maxElements: 5 }).dataSet['00081115']?.Value).toHaveLength(2);
    expect(() => readPart10(file, { maxElements: 4 })).toThrow(expect.objectContaining({ reason: 'too-large' }));
  });
});

describe('sequences of VR UN (PS3.5 §6.2.2)', () => {
  test.each([
    [uids.explicit, true, '00091001'],
    [uids.bigEndian, true, '00091001'],
    [uids.explicit, true, '00082112'],
    [uids.bigEndian, true, '00082112'],
    [uids.explicit, false, '00082112'],
    [uids.bigEndian, false, '00082112'],
  ])(
    'are Implicit VR Little Endian in every transfer syntax (%s, undefined length %s, %s)',
    (uid, undefinedLength, tag) => {
      const options = { undefinedLength, vr: 'UN', syntax: implicitLittle };
      const { dataSet, problems } = read([sq(tag, [code('A'), [el('00280010', 'US', [512])]], options), after], uid);
      expect(dataSet).toEqual({
        [tag]: { vr: 'SQ', Value: [codeJson('A'), { '00280010': { vr: 'US', Value: [512] } }] },
        '00100020': afterJson,
      });
      expect(problems).toEqual([]);
    },
  );

  test('are read where their items are explicit, against the standard', () => {
    const options = { undefinedLength: true, vr: 'UN', syntax: explicitLittle };
    expect(read([sq('00091001', [code('A')], options)]).dataSet['00091001']?.Value).toEqual([codeJson('A')]);
  });

  test('stay bytes where the tag is private and the length is known', () => {
    const file = read([sq('00091001', [code('A')], { vr: 'UN', syntax: implicitLittle })]);
    expect(file.dataSet['00091001']?.vr).toBe('UN');
    expect(file.dataSet['00091001']?.InlineBinary).toBeTypeOf('string');
  });

  test('stay bytes where they are no sequence, and that is told', () => {
    const file = read([el('00082112', 'UN', Buffer.from('no sequence!')), after]);
    expect(file.dataSet).toEqual({
      '00082112': { vr: 'UN', InlineBinary: Buffer.from('no sequence!').toString('base64') },
      '00100020': afterJson,
    });
    expect(file.problems).toEqual(['00082112 has VR UN and is no sequence, as its tag would have it']);
  });
});

describe('sequences that are not as PS3.5 has them', () => {
  test.each([true, false])(
    'items in Implicit VR within an explicit file are read (delimited: %s)',
    (undefinedLength) => {
      const { dataSet } = read([
        sq('00081115', [[...code('A'), el('00280010', 'US', [512])], code('B')], {
          undefinedLength,
          syntax: implicitLittle,
        }),
        after,
      ]);
      expect(dataSet['00081115']?.Value).toEqual([
        { ...codeJson('A'), '00280010': { vr: 'US', Value: [512] } },
        codeJson('B'),
      ]);
      expect(dataSet['00100020']).toEqual(afterJson);
    },
  );

  test('an element without VR among others that have one is read, and told', () => {
    const bytes = Buffer.concat([
      dataSetBytes([el('00080060', 'CS', 'CT')], explicitLittle),
      dataSetBytes([el('00080070', 'LO', 'ACME')], implicitLittle),
      dataSetBytes([after], explicitLittle),
    ]);
    const file = readPart10(part10(bytes));
    expect(file.dataSet['00080070']).toEqual({ vr: 'LO', Value: ['ACME'] });
    expect(file.dataSet['00100020']).toEqual(afterJson);
    expect(file.problems).toEqual(['00080070 has no VR in an explicit data set']);
  });

  const item = (length: number, content: Buffer): Buffer => {
    const bytes = Buffer.from('feff00e000000000', 'hex');
    bytes.writeUInt32LE(length, 4);
    return Buffer.concat([bytes, content]);
  };
  const content = dataSetBytes(code('A'), explicitLittle);
  const delimiter = Buffer.from('feff0de000000000', 'hex');
  const end = Buffer.from('feffdde000000000', 'hex');
  const sequence = (bytes: Buffer) => readPart10(part10([el('00081115', 'SQ', bytes), after]));

  test('delimiters where lengths have said it are passed over, and told', () => {
    const items = Buffer.concat([item(content.length + 8, Buffer.concat([content, delimiter])), end]);
    const file = sequence(items);
    expect(file.dataSet).toEqual({ '00081115': { vr: 'SQ', Value: [codeJson('A')] }, '00100020': afterJson });
    expect(file.problems).toHaveLength(2);
  });

  test.each([
    ['something else than an item', content],
    ['an item that is longer than its sequence', item(content.length + 2, content)],
    ['an element that is longer than its item', item(content.length - 2, content)],
    ['an item that is not closed', item(0xffffffff, content)],
    ['a delimiter of a sequence within an item', item(0xffffffff, Buffer.concat([content, end, delimiter]))],
  ])('%s is refused', (_, bytes) => {
    expect(() => sequence(bytes)).toThrow(expect.objectContaining({ name: 'Part10Error' }));
  });

  test.each(['FFFEE000', 'FFFEE00D', 'FFFEE0DD'])('%s outside of a sequence is refused', (tag) => {
    const bytes = Buffer.concat([
      dataSetBytes([after], explicitLittle),
      dataSetBytes([el(tag, '', '')], implicitLittle),
    ]);
    expect(() => readPart10(part10(bytes))).toThrow(expect.objectContaining({ reason: 'bad-encoding' }));
  });

  test('a text of undefined length is refused', () => {
    const text = Buffer.concat([Buffer.from('0900011055540000ffffffff', 'hex'), Buffer.from('no fragment')]);
    expect(() => readPart10(part10(text))).toThrow(expect.objectContaining({ reason: 'bad-encoding' }));
  });

  test('in a Big Endian file the items are Big Endian', () => {
    const bytes = dataSetBytes([sq('00081115', [code('A')], { undefinedLength: true })], explicitBig);
    expect(bytes.includes(Buffer.from('fffee000', 'hex'))).toBe(true);
    expect(readPart10(part10(bytes, uids.bigEndian)).dataSet['00081115']?.Value).toEqual([codeJson('A')]);
  });

  test('a private value in fragments is bulk data', () => {
    const file = read([encapsulated([Buffer.alloc(0), Buffer.from('abcd')], '00091001')]);
    expect(file.dataSet['00091001']).toEqual({ vr: 'OB', BulkDataURI: 'bulkdata/00091001' });
  });
});
