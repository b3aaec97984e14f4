import { entryOfTag } from '../../dicom/dictionary.ts';
import { Part10Error } from './part10-error.ts';
import { groupOf, hexOfTag, item, itemDelimitation, pixelData, sequenceDelimitation, type TagNumber } from './tags.ts';
import { hasShortLength, isKnownVr } from './value-representation.ts';

/** How elements are written (PS3.5 §10). Three of the four combinations exist as transfer syntaxes. */
export interface ElementSyntax {
  readonly implicit: boolean;
  readonly littleEndian: boolean;
}

/** A run of bytes: a value, or a fragment of one. Offsets count from the start of the buffer that was read. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** Where an element and its value lie. Nothing is decoded, nothing is copied. */
export interface DataElement extends ByteRange {
  readonly tag: TagNumber;
  /** As written; null where none is: in Implicit VR. */
  readonly vr: string | null;
  readonly littleEndian: boolean;
  /** The items of a sequence. */
  readonly items: readonly Elements[] | null;
  /** The items of an encapsulated value, the Basic Offset Table first (PS3.5 §A.4). */
  readonly fragments: readonly ByteRange[] | null;
}

/** A data set or an item: ascending, each tag once. */
export type Elements = readonly DataElement[];

/** Bounds on what a file may make the reader build. */
export interface ElementLimits {
  /** Elements, items and fragments in all. */
  readonly maxElements: number;
  /** Sequences within sequences. */
  readonly maxDepth: number;
}

const undefinedLength = 0xffffffff;
const implicitLittleEndian: ElementSyntax = { implicit: true, littleEndian: true };

/**
 * Finds the elements of a data set, those in sequences too, by recursive descent over its bytes.
 *
 * Read with a word to `note`, because files in archives have them and their meaning is not in doubt: elements out of
 * order or twice (the last counts), odd lengths, an element without VR in an explicit data set (taken as implicit),
 * items in Implicit VR within an explicit sequence, a wrong transfer syntax as far as implicit or explicit goes, zeros
 * after the last element. A sequence of VR UN is Implicit VR Little Endian in every transfer syntax (PS3.5 §6.2.2).
 *
 * @throws {Part10Error} truncated, bad-encoding, too-large.
 */
export function findElements(
  bytes: Buffer,
  start: number,
  declared: ElementSyntax,
  limits: ElementLimits,
  note: (problem: string) => void,
): Elements {
  const finder = new ElementFinder(bytes, start, limits, note);
  const found = finder.syntaxAt(bytes.length, declared);
  if (found.implicit !== declared.implicit)
    note(`the data set is ${found.implicit ? 'Implicit' : 'Explicit'} VR, against its transfer syntax`);
  return finder.elements(bytes.length, found, 0, false);
}

class ElementFinder {
  readonly #bytes: Buffer;
  readonly #limits: ElementLimits;
  readonly #note: (problem: string) => void;
  #position: number;
  #count = 0;

  constructor(bytes: Buffer, start: number, limits: ElementLimits, note: (problem: string) => void) {
    this.#bytes = bytes;
    this.#position = start;
    this.#limits = limits;
    this.#note = note;
  }

  /** Elements up to `end`, or where `delimited` up to the item's delimiter, which lies before `end`. */
  elements(end: number, syntax: ElementSyntax, depth: number, delimited: boolean): Elements {
    if (depth > this.#limits.maxDepth)
      throw new Part10Error('too-large', `More than ${this.#limits.maxDepth} sequences deep`);
    const elements: DataElement[] = [];
    let ascending = true;
    let last = -1;
    while (this.#position < end) {
      if (depth === 0 && this.#onlyZerosUpTo(end)) {
        this.#note(`${end - this.#position} zero bytes after the last element`);
        this.#position = end;
        break;
      }
      const tag = this.#tag(end, syntax);
      if (tag === itemDelimitation && depth > 0) {
        this.#position += 8;
        if (!delimited) this.#note(`an item of defined length has a delimiter, before byte ${this.#position}`);
        return ascending ? elements : inOrder(elements);
      }
      if (tag >= item && groupOf(tag) === 0xfffe) throw this.#unexpected(tag);
      const element = this.#element(tag, end, syntax, depth);
      if (tag <= last) {
        this.#note(`${hexOfTag(tag)} is out of order`);
        ascending = false;
      }
      last = tag;
      elements.push(element);
    }
    if (delimited) throw new Part10Error('truncated', `An item is not closed at byte ${end}`);
    return ascending ? elements : inOrder(elements);
  }

  /**
   * What the next element says of its own encoding: a VR that exists means explicit, no two capitals mean implicit. By
   * accident the lower half of an implicit length looks like a VR only in values of more than 16 kB.
   */
  syntaxAt(end: number, expected: ElementSyntax): ElementSyntax {
    const at = this.#position + 4;
    if (at + 4 > end) return expected;
    const written = this.#vr(at);
    if (expected.implicit) return written !== null && isKnownVr(written) ? { ...expected, implicit: false } : expected;
    return written === null ? { ...expected, implicit: true } : expected;
  }

  #element(tag: TagNumber, end: number, syntax: ElementSyntax, depth: number): DataElement {
    this.#countOne();
    const start = this.#position;
    const vr = syntax.implicit ? null : this.#vr(start + 4);
    let length: number;
    if (vr === null) {
      if (!syntax.implicit) this.#note(`${hexOfTag(tag)} has no VR in an explicit data set`);
      length = this.#uint32(start + 4, syntax);
      this.#position = start + 8;
    } else if (hasShortLength(vr) || (!isKnownVr(vr) && this.#uint16(start + 6, syntax) !== 0)) {
      // A VR that is in no edition: its reserved bytes are zero, else it is an old one with a length there.
      length = this.#uint16(start + 6, syntax);
      this.#position = start + 8;
    } else {
      if (end - start < 12) throw this.#tooShort(tag, end);
      length = this.#uint32(start + 8, syntax);
      this.#position = start + 12;
    }
    const offset = this.#position;
    if (length === undefinedLength) return this.#elementOfUndefinedLength(tag, vr, end, syntax, depth);
    if (length > end - offset) throw this.#tooShort(tag, end);
    if (length % 2 === 1) this.#note(`${hexOfTag(tag)} has an odd length`);
    const items = this.#itemsOfDefinedLength(tag, vr, offset + length, syntax, depth);
    this.#position = offset + length;
    const littleEndian = syntax.littleEndian || vr === 'UN';
    return { tag, vr, offset, length, littleEndian, items, fragments: null };
  }

  #itemsOfDefinedLength(tag: TagNumber, vr: string | null, end: number, syntax: ElementSyntax, depth: number) {
    if (vr === 'SQ') return this.#items(end, false, syntax, !syntax.implicit, depth);
    if ((vr !== null && vr !== 'UN') || entryOfTag(hexOfTag(tag))?.vr[0] !== 'SQ') return null;
    if (vr === null) return this.#items(end, false, syntax, false, depth);
    try {
      return this.#items(end, false, implicitLittleEndian, true, depth);
    } catch (error) {
      if (!(error instanceof Part10Error) || error.reason === 'too-large') throw error;
      this.#note(`${hexOfTag(tag)} has VR UN and is no sequence, as its tag would have it`);
      return null;
    }
  }

  #elementOfUndefinedLength(tag: TagNumber, vr: string | null, end: number, syntax: ElementSyntax, depth: number) {
    const offset = this.#position;
    const isSequence = vr === 'SQ' || ((vr === null || vr === 'UN') && tag !== pixelData);
    const items = !isSequence
      ? null
      : vr === 'UN'
        ? this.#items(end, true, implicitLittleEndian, true, depth)
        : this.#items(end, true, syntax, !syntax.implicit, depth);
    const fragments = isSequence ? null : this.#fragments(tag, end, syntax);
    const { littleEndian } = syntax;
    return {
      tag,
      vr: isSequence ? 'SQ' : vr,
      offset,
      length: this.#position - 8 - offset,
      littleEndian,
      items,
      fragments,
    };
  }

  /** @param mayDiffer - Whether each item is looked at for how it is really encoded. */
  #items(end: number, undefinedEnd: boolean, syntax: ElementSyntax, mayDiffer: boolean, depth: number): Elements[] {
    const items: Elements[] = [];
    while (undefinedEnd || this.#position < end) {
      const tag = this.#tag(end, syntax);
      const length = this.#uint32(this.#position + 4, syntax);
      this.#position += 8;
      if (tag === sequenceDelimitation) {
        if (!undefinedEnd) this.#note(`a sequence of defined length has a delimiter, before byte ${this.#position}`);
        return items;
      }
      if (tag !== item) throw this.#unexpected(tag);
      this.#countOne();
      const delimited = length === undefinedLength;
      if (!delimited && length > end - this.#position) throw this.#tooShort(tag, end);
      const itemEnd = delimited ? end : this.#position + length;
      items.push(this.elements(itemEnd, mayDiffer ? this.syntaxAt(itemEnd, syntax) : syntax, depth + 1, delimited));
      if (!delimited) this.#position = itemEnd;
    }
    return items;
  }

  #fragments(tag: TagNumber, end: number, syntax: ElementSyntax): ByteRange[] {
    const fragments: ByteRange[] = [];
    for (;;) {
      const next = this.#tag(end, syntax);
      const length = this.#uint32(this.#position + 4, syntax);
      this.#position += 8;
      if (next === sequenceDelimitation) return fragments;
      if (next !== item) throw this.#unexpected(next);
      if (length > end - this.#position) throw this.#tooShort(tag, end);
      this.#countOne();
      fragments.push({ offset: this.#position, length });
      this.#position += length;
    }
  }

  #countOne(): void {
    this.#count += 1;
    if (this.#count > this.#limits.maxElements) {
      throw new Part10Error('too-large', `More than ${this.#limits.maxElements} elements and items`);
    }
  }

  /** The tag at the position, where 8 bytes, the shortest element, are left. */
  #tag(end: number, syntax: ElementSyntax): TagNumber {
    if (end - this.#position < 8) throw new Part10Error('truncated', `Ends within an element, at byte ${end}`);
    return this.#uint16(this.#position, syntax) * 0x10000 + this.#uint16(this.#position + 2, syntax);
  }

  #vr(at: number): string | null {
    const first = this.#bytes[at] ?? 0;
    const second = this.#bytes[at + 1] ?? 0;
    return isCapital(first) && isCapital(second) ? String.fromCharCode(first, second) : null;
  }

  #uint16(at: number, { littleEndian }: ElementSyntax): number {
    return littleEndian ? this.#bytes.readUInt16LE(at) : this.#bytes.readUInt16BE(at);
  }

  #uint32(at: number, { littleEndian }: ElementSyntax): number {
    return littleEndian ? this.#bytes.readUInt32LE(at) : this.#bytes.readUInt32BE(at);
  }

  /** Padding of the file, not of the data set. The first bytes decide almost always. */
  #onlyZerosUpTo(end: number): boolean {
    for (let at = this.#position; at < end; at++) if (this.#bytes[at] !== 0) return false;
    return true;
  }

  #tooShort(tag: TagNumber, end: number): Part10Error {
    const reason = end === this.#bytes.length ? 'truncated' : 'bad-encoding';
    return new Part10Error(reason, `${hexOfTag(tag)} is longer than what holds it, which ends at byte ${end}`);
  }

  #unexpected(tag: TagNumber): Part10Error {
    return new Part10Error('bad-encoding', `${hexOfTag(tag)} is unexpected before byte ${this.#position}`);
  }
}

function isCapital(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

/** Ascending, and of elements with the same tag the last. */
function inOrder(elements: readonly DataElement[]): DataElement[] {
  const byTag = new Map(elements.map((element) => [element.tag, element]));
  return [...byTag.values()].sort((a, b) => a.tag - b.tag);
}
