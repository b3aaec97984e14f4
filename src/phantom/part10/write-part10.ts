import { entryOfKeyword, entryOfTag } from '../../dicom/dictionary.ts';
import { isTag, type Tag, tag } from '../../dicom/tag.ts';
import { ByteSink } from './byte-sink.ts';
import { type TextEncoding, textEncodingOf } from './encode-text.ts';
import { encodeValues } from './encode-value.ts';
import type { EncapsulatedFrames, PhantomDataSet, PhantomScalar, PhantomValue } from './phantom-data-set.ts';

const implementationClassUid = '2.25.243209829424612914271817418190443386817';
const implementationVersionName = 'DWGQL_PHANTOM_1';

/** VRs with a length of 32 bits, after two bytes that say nothing (PS3.5 §7.1.2). */
const longVrs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const undefinedLength = 0xffffffff;
const groupLength = tag('00020000');
const item = tag('FFFEE000');
const sequenceDelimiter = tag('FFFEE0DD');
/** Room for all that is not pixels. */
const headerBytes = 16_384;

/**
 * Writes a data set as a DICOM file: preamble, file meta information, explicit VR little endian (PS3.10 §7.1, PS3.5
 * §7.1.2), sequences and items with their lengths. The same data set gives the same bytes.
 *
 * Hand-written, since dcmjs 0.52 writes AT wrong, knows UTF-8 alone, and leaves out parts of the file meta information.
 *
 * @param transferSyntaxUid - Explicit VR little endian, or an encapsulated one where PixelData holds frames.
 * @throws {RangeError} A value that the standard does not allow.
 */
export function writePart10(dataSet: PhantomDataSet, transferSyntaxUid: string): Buffer {
  const encodeText = textEncodingOf(listOf(dataSet['SpecificCharacterSet']).map(String));
  const pixels = dataSet['PixelData'];
  const sink = new ByteSink(headerBytes + (ArrayBuffer.isView(pixels) ? pixels.byteLength : 0));
  sink.bytes(new Uint8Array(128));
  sink.ascii('DICM');
  writeElement(sink, groupLength, 'UL', 0, encodeText);
  const metaStart = sink.length;
  const meta = {
    '00020001': Uint8Array.of(0, 1),
    '00020002': dataSet['SOPClassUID'],
    '00020003': dataSet['SOPInstanceUID'],
    '00020010': transferSyntaxUid,
    '00020012': implementationClassUid,
    '00020013': implementationVersionName,
  };
  writeDataSet(sink, meta, encodeText);
  sink.patchUint32(metaStart - 4, sink.length - metaStart);
  writeDataSet(sink, dataSet, encodeText);
  return sink.finish();
}

function writeDataSet(sink: ByteSink, dataSet: PhantomDataSet, encodeText: TextEncoding): void {
  const elements: { tag: Tag; vr: string; value: PhantomValue }[] = [];
  for (const [attribute, value] of Object.entries(dataSet)) {
    if (value === undefined) continue;
    const entry = isTag(attribute) ? entryOfTag(attribute) : entryOfKeyword(attribute);
    if (entry === undefined) throw new RangeError(`A phantom has no such attribute: ${attribute}`);
    elements.push({ tag: entry.tag, vr: vrOf(entry.vr, value, dataSet), value });
  }
  elements.sort((a, b) => (a.tag < b.tag ? -1 : 1));
  for (const element of elements) writeElement(sink, element.tag, element.vr, element.value, encodeText);
}

/** Where PS3.6 leaves the VR open, words or bytes decide, and for numbers the sign of the pixels (PS3.5 §A.2). */
function vrOf(choices: readonly string[], value: PhantomValue, dataSet: PhantomDataSet): string {
  if (choices.length < 2) return choices[0] ?? 'UN';
  if (isFrames(value) || value instanceof Uint8Array) return 'OB';
  if (value instanceof Uint16Array || value instanceof Int16Array) return 'OW';
  return dataSet['PixelRepresentation'] === 1 ? 'SS' : 'US';
}

function writeElement(sink: ByteSink, tag: Tag, vr: string, value: PhantomValue, encodeText: TextEncoding): void {
  writeTag(sink, tag);
  sink.ascii(vr);
  const long = longVrs.has(vr);
  if (long) sink.uint16(0);
  const lengthAt = sink.length;
  if (long) sink.uint32(0);
  else sink.uint16(0);
  const start = sink.length;
  writeValue(sink, vr, value, encodeText);
  const length = sink.length - start;
  if (isFrames(value)) sink.patchUint32(lengthAt, undefinedLength);
  else if (long) sink.patchUint32(lengthAt, length);
  else sink.patchUint16(lengthAt, length);
}

function writeValue(sink: ByteSink, vr: string, value: PhantomValue, encodeText: TextEncoding): void {
  if (isFrames(value)) {
    writeFrames(sink, value.frames);
  } else if (value instanceof Uint8Array) {
    writePadded(sink, value);
  } else if (value instanceof Uint16Array || value instanceof Int16Array) {
    sink.bytes(littleEndianBytes(value));
  } else if (vr === 'SQ') {
    for (const one of listOf(value)) writeItem(sink, one, encodeText);
  } else {
    const scalars = listOf(value).filter((one): one is PhantomScalar => typeof one !== 'object');
    sink.bytes(encodeValues(vr, scalars, encodeText));
  }
}

function writeItem(sink: ByteSink, content: PhantomScalar | PhantomDataSet, encodeText: TextEncoding): void {
  if (typeof content !== 'object') throw new RangeError('A sequence of a phantom holds items only');
  writeItemHeader(sink, item, 0);
  const start = sink.length;
  writeDataSet(sink, content, encodeText);
  sink.patchUint32(start - 4, sink.length - start);
}

/** The Basic Offset Table, then a fragment for each frame (PS3.5 §A.4). */
function writeFrames(sink: ByteSink, frames: readonly Uint8Array[]): void {
  writeItemHeader(sink, item, frames.length * 4);
  const padded = frames.map((frame) => frame.length + (frame.length % 2));
  let offset = 0;
  for (const length of padded) {
    sink.uint32(offset);
    offset += 8 + length;
  }
  for (const [i, frame] of frames.entries()) {
    writeItemHeader(sink, item, padded[i] ?? 0);
    writePadded(sink, frame);
  }
  writeItemHeader(sink, sequenceDelimiter, 0);
}

function writeItemHeader(sink: ByteSink, tag: Tag, length: number): void {
  writeTag(sink, tag);
  sink.uint32(length);
}

function writeTag(sink: ByteSink, tag: Tag): void {
  sink.uint16(Number.parseInt(tag.slice(0, 4), 16));
  sink.uint16(Number.parseInt(tag.slice(4), 16));
}

function writePadded(sink: ByteSink, bytes: Uint8Array): void {
  sink.bytes(bytes);
  if (bytes.length % 2 === 1) sink.bytes(Uint8Array.of(0));
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** 16-bit words as they lie in a little endian file. */
function littleEndianBytes(words: Uint16Array | Int16Array): Buffer {
  const bytes = Buffer.from(words.buffer, words.byteOffset, words.byteLength);
  return isLittleEndian ? bytes : Buffer.from(bytes).swap16();
}

function isFrames(value: PhantomValue): value is EncapsulatedFrames {
  return typeof value === 'object' && value !== null && 'frames' in value && Array.isArray(value['frames']);
}

function listOf(value: PhantomValue): readonly (PhantomScalar | PhantomDataSet)[] {
  if (value === null || value === undefined) return [];
  if (typeof value === 'string' || typeof value === 'number') return [value];
  return Array.isArray(value) ? value : [];
}
