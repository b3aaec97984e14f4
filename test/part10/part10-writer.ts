import { deflateRawSync } from 'node:zlib';

/** An element to be written. Numbers are encoded by VR and byte order, text as Latin-1, padded to even length. */
export interface Written {
  readonly tag: string;
  readonly vr: string;
  readonly value: string | Buffer | readonly (number | bigint)[] | Sequence | Fragments;
}

export interface Sequence {
  readonly items: readonly (readonly Written[])[];
  readonly undefinedLength: boolean;
  /** How the items are encoded, where that differs from what is around them. */
  readonly syntax?: Syntax;
}

interface Fragments {
  readonly fragments: readonly Buffer[];
}

export interface Syntax {
  readonly implicit: boolean;
  readonly littleEndian: boolean;
}

export const implicitLittle: Syntax = { implicit: true, littleEndian: true };
export const explicitLittle: Syntax = { implicit: false, littleEndian: true };
export const explicitBig: Syntax = { implicit: false, littleEndian: false };

export const uids = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  bigEndian: '1.2.840.10008.1.2.2',
  jpegBaseline: '1.2.840.10008.1.2.4.50',
  jpegLs: '1.2.840.10008.1.2.4.80',
  rle: '1.2.840.10008.1.2.5',
} as const;

export const el = (tag: string, vr: string, value: Written['value'] = ''): Written => ({ tag, vr, value });

/** A sequence with lengths, or with delimiters. */
export const sq = (
  tag: string,
  items: readonly (readonly Written[])[],
  options: { undefinedLength?: boolean; vr?: string; syntax?: Syntax } = {},
): Written => {
  const { undefinedLength = false, vr = 'SQ', syntax } = options;
  return { tag, vr, value: { items, undefinedLength, ...(syntax && { syntax }) } };
};

/** Encapsulated pixel data; the first fragment is the Basic Offset Table. */
export const encapsulated = (fragments: readonly Buffer[], tag = '7FE00010', vr = 'OB'): Written => ({
  tag,
  vr,
  value: { fragments },
});

const longVrs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV', 'ZZ']);

export function uint16(value: number, { littleEndian }: Syntax): Buffer {
  const bytes = Buffer.alloc(2);
  if (littleEndian) bytes.writeUInt16LE(value);
  else bytes.writeUInt16BE(value);
  return bytes;
}

export function uint32(value: number, { littleEndian }: Syntax): Buffer {
  const bytes = Buffer.alloc(4);
  if (littleEndian) bytes.writeUInt32LE(value);
  else bytes.writeUInt32BE(value);
  return bytes;
}

export function tagBytes(tag: string, syntax: Syntax): Buffer {
  return Buffer.concat([
    uint16(Number.parseInt(tag.slice(0, 4), 16), syntax),
    uint16(Number.parseInt(tag.slice(4), 16), syntax),
  ]);
}

const undefinedLength = 0xffffffff;

/** A data set without anything around it. */
export function dataSetBytes(elements: readonly Written[], syntax: Syntax): Buffer {
  return Buffer.concat(elements.map((element) => elementBytes(element, syntax)));
}

function elementBytes({ tag, vr, value }: Written, syntax: Syntax): Buffer {
  if (typeof value === 'object' && 'items' in value) {
    const inner = value.syntax ?? syntax;
    const items = Buffer.concat(value.items.map((item) => itemBytes(item, inner, value.undefinedLength)));
    if (!value.undefinedLength) return Buffer.concat([header(tag, vr, items.length, syntax), items]);
    return Buffer.concat([
      header(tag, vr, undefinedLength, syntax),
      items,
      tagBytes('FFFEE0DD', inner),
      Buffer.alloc(4),
    ]);
  }
  if (typeof value === 'object' && 'fragments' in value) {
    const items = value.fragments.map((fragment) =>
      Buffer.concat([tagBytes('FFFEE000', syntax), uint32(fragment.length, syntax), fragment]),
    );
    const end = [tagBytes('FFFEE0DD', syntax), Buffer.alloc(4)];
    return Buffer.concat([header(tag, vr, undefinedLength, syntax), ...items, ...end]);
  }
  const bytes = valueBytes(value, vr, syntax);
  return Buffer.concat([header(tag, vr, bytes.length, syntax), bytes]);
}

function itemBytes(item: readonly Written[], syntax: Syntax, delimited: boolean): Buffer {
  const content = dataSetBytes(item, syntax);
  const start = tagBytes('FFFEE000', syntax);
  if (!delimited) return Buffer.concat([start, uint32(content.length, syntax), content]);
  return Buffer.concat([
    start,
    uint32(undefinedLength, syntax),
    content,
    tagBytes('FFFEE00D', syntax),
    Buffer.alloc(4),
  ]);
}

function header(tag: string, vr: string, length: number, syntax: Syntax): Buffer {
  if (syntax.implicit) return Buffer.concat([tagBytes(tag, syntax), uint32(length, syntax)]);
  const start = Buffer.concat([tagBytes(tag, syntax), Buffer.from(vr, 'latin1')]);
  return longVrs.has(vr)
    ? Buffer.concat([start, Buffer.alloc(2), uint32(length, syntax)])
    : Buffer.concat([start, uint16(length, syntax)]);
}

function valueBytes(value: string | Buffer | readonly (number | bigint)[], vr: string, syntax: Syntax): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'latin1');
    return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
  }
  return Buffer.concat(value.map((one) => numberBytes(one, vr, syntax)));
}

function numberBytes(value: number | bigint, vr: string, { littleEndian }: Syntax): Buffer {
  const sizes: Readonly<Record<string, number>> = { US: 2, SS: 2, OW: 2, UL: 4, SL: 4, FL: 4, OL: 4, OF: 4 };
  const bytes = Buffer.alloc(sizes[vr] ?? 8);
  if (typeof value === 'bigint') bytes.writeBigInt64LE(BigInt.asIntN(64, value));
  else if (vr === 'FL' || vr === 'OF') bytes.writeFloatLE(value);
  else if (vr === 'FD' || vr === 'OD') bytes.writeDoubleLE(value);
  else if (vr === 'SS' || vr === 'SL') bytes.writeIntLE(value, 0, bytes.length);
  else bytes.writeUIntLE(value, 0, Math.min(bytes.length, 6));
  return littleEndian ? bytes : bytes.reverse();
}

/** A Part 10 file: preamble, File Meta Information with a right group length, data set. */
export function part10(
  elements: readonly Written[] | Buffer,
  transferSyntaxUid: string = uids.explicit,
  metaElements: readonly Written[] = [],
): Buffer {
  const syntax =
    transferSyntaxUid === uids.implicit
      ? implicitLittle
      : transferSyntaxUid === uids.bigEndian
        ? explicitBig
        : explicitLittle;
  const dataSet = Buffer.isBuffer(elements) ? elements : dataSetBytes(elements as readonly Written[], syntax);
  const meta = dataSetBytes([el('00020010', 'UI', transferSyntaxUid), ...metaElements], explicitLittle);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    dataSetBytes([el('00020000', 'UL', [meta.length])], explicitLittle),
    meta,
    transferSyntaxUid === uids.deflated ? deflateRawSync(dataSet) : dataSet,
  ]);
}
