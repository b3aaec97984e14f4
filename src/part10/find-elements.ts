import { entryOfTag } from '../dicom/dictionary.ts';
import { ByteCursor, type ByteSource } from './byte-cursor.ts';
import type { ByteRange, DataElement, ElementSyntax, Elements } from './data-element.ts';
import { Part10Error } from './part10-error.ts';
import { groupOf, hexOfTag, item, itemDelimitation, pixelData, sequenceDelimitation, type TagNumber } from './tags.ts';
import { hasShortLength, isKnownVr } from './value-representation.ts';

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
 * items in Implicit VR within an explicit sequence, a wrong transfer syntax as far as implicit or explicit goes,
 * delimiters where lengths have said it, zeros after the last element. A sequence of VR UN is Implicit VR Little Endian
 * in every transfer syntax (PS3.5 §6.2.2).
 *
 * @param last - Stops before the first element of the data set with a higher tag. Default: reads all.
 * @throws {Part10Error} truncated, bad-encoding, too-large.
 */
export function findElements(
  bytes: ByteSource,
  start: number,
  declared: ElementSyntax,
  limits: ElementLimits,
  note: (problem: string) => void,
  last: TagNumber = 0xffffffff,
): Elements {
  return new ElementFinder(new ByteCursor(bytes, start), limits, note, last).dataSet(declared);
}

class ElementFinder {
  readonly #cursor: ByteCursor;
  readonly #limits: ElementLimits;
  readonly #note: (problem: string) => void;
  readonly #last: TagNumber;
  #count = 0;

  constructor(cursor: ByteCursor, limits: ElementLimits, note: (problem: string) => void, last: TagNumber) {
    this.#cursor = cursor;
    this.#limits = limits;
    this.#note = note;
    this.#last = last;
  }

  dataSet(declared: ElementSyntax): Elements {
    const end = this.#cursor.bytes.length;
    const found = this.#syntaxOfNext(end, declared);
    if (found.implicit !== declared.implicit) {
      this.#note(`the data set is ${found.implicit ? 'Implicit' : 'Explicit'} VR, against its transfer syntax`);
    }
    return this.#elements(end, found, 0, false);
  }

  /** Elements up to `end`, or where `delimited` up to the item's delimiter, which lies before `end`. */
  #elements(end: number, syntax: ElementSyntax, depth: number, delimited: boolean): Elements {
    if (depth > this.#limits.maxDepth) {
      throw new Part10Error('too-large', `More than ${this.#limits.maxDepth} sequences deep`);
    }
    const cursor = this.#cursor;
    const elements: DataElement[] = [];
    let isAscending = true;
    let isClosed = !delimited;
    let last = -1;
    while (cursor.position < end) {
      if (depth === 0 && cursor.atTrailingZeros()) {
        this.#note(`${end - cursor.position} zero bytes after the last element`);
        break;
      }
      const tag = cursor.tag(end, syntax);
      if (tag === itemDelimitation && depth > 0) {
        if (!delimited) this.#note(`an item of defined length has a delimiter, at byte ${cursor.position}`);
        cursor.position += 8;
        isClosed = true;
        break;
      }
      if (groupOf(tag) === 0xfffe) throw cursor.unexpected(tag);
      if (depth === 0 && tag > this.#last) break;
      if (tag <= last) {
        this.#note(`${hexOfTag(tag)} is out of order`);
        isAscending = false;
      }
      last = tag;
      elements.push(this.#element(tag, end, syntax, depth));
    }
    if (!isClosed) throw new Part10Error('truncated', `An item is not closed at byte ${end}`);
    return isAscending ? elements : this.#inOrder(elements);
  }

  /**
   * What the next element says of its own encoding: a VR that exists means explicit, no two capitals mean implicit. By
   * accident the lower half of an implicit length looks like a VR only in values of more than 16 kB.
   */
  #syntaxOfNext(end: number, expected: ElementSyntax): ElementSyntax {
    const cursor = this.#cursor;
    if (end - cursor.position < 8 || groupOf(cursor.tag(end, expected)) === 0xfffe) return expected;
    const written = cursor.vr(cursor.position + 4);
    if (expected.implicit) return written !== null && isKnownVr(written) ? { ...expected, implicit: false } : expected;
    return written === null ? { ...expected, implicit: true } : expected;
  }

  #element(tag: TagNumber, end: number, syntax: ElementSyntax, depth: number): DataElement {
    this.#countOne();
    const cursor = this.#cursor;
    const vr = syntax.implicit ? null : cursor.vr(cursor.position + 4);
    if (vr === null && !syntax.implicit) this.#note(`${hexOfTag(tag)} has no VR in an explicit data set`);
    const length = this.#header(tag, vr, end, syntax);
    if (length === undefinedLength) return this.#elementOfUndefinedLength(tag, vr, end, syntax, depth);
    const offset = cursor.position;
    if (length > end - offset) throw cursor.tooShort(tag, end);
    if (length % 2 === 1) this.#note(`${hexOfTag(tag)} has an odd length`);
    const items = this.#itemsOfDefinedLength(tag, vr, offset + length, syntax, depth);
    cursor.position = offset + length;
    return { tag, vr, offset, length, littleEndian: syntax.littleEndian || vr === 'UN', items, fragments: null };
  }

  /** Moves from the tag to the value, and returns its length (PS3.5 §7.1.2, §7.1.3). */
  #header(tag: TagNumber, vr: string | null, end: number, syntax: ElementSyntax): number {
    const cursor = this.#cursor;
    const start = cursor.position;
    cursor.position = start + 8;
    if (vr === null) return cursor.uint32(start + 4, syntax);
    const next = cursor.uint16(start + 6, syntax);
    // A VR of no edition has zeros there, reserved; old files have VRs of their own with the length there.
    if (hasShortLength(vr) || (!isKnownVr(vr) && next !== 0)) return next;
    if (end - start < 12) throw cursor.tooShort(tag, end);
    cursor.position = start + 12;
    return cursor.uint32(start + 8, syntax);
  }

  #itemsOfDefinedLength(tag: TagNumber, vr: string | null, end: number, syntax: ElementSyntax, depth: number) {
    if (vr === 'SQ') return this.#items(tag, end, false, syntax, depth);
    if ((vr !== null && vr !== 'UN') || entryOfTag(hexOfTag(tag))?.vr[0] !== 'SQ') return null;
    if (vr === null) return this.#items(tag, end, false, syntax, depth);
    try {
      return this.#items(tag, end, false, implicitLittleEndian, depth, true);
    } catch (error) {
      if (!(error instanceof Part10Error) || error.reason === 'too-large') throw error;
      this.#note(`${hexOfTag(tag)} has VR UN and is no sequence, as its tag would have it`);
      return null;
    }
  }

  #elementOfUndefinedLength(
    tag: TagNumber,
    vr: string | null,
    end: number,
    syntax: ElementSyntax,
    depth: number,
  ): DataElement {
    const offset = this.#cursor.position;
    const { littleEndian } = syntax;
    const isSequence = vr === 'SQ' || ((vr === null || vr === 'UN') && tag !== pixelData);
    const isUnknown = isSequence && vr === 'UN';
    const items = isSequence
      ? this.#items(tag, end, true, isUnknown ? implicitLittleEndian : syntax, depth, isUnknown)
      : null;
    const fragments = isSequence ? null : this.#fragments(tag, end, syntax);
    const length = this.#cursor.position - 8 - offset; // without the delimiter
    return { tag, vr: isSequence ? 'SQ' : vr, offset, length, littleEndian, items, fragments };
  }

  /** @param isUnknown - Of VR UN. Items of those, and of explicit sequences, are looked at for how they are encoded. */
  #items(
    tag: TagNumber,
    end: number,
    untilDelimiter: boolean,
    syntax: ElementSyntax,
    depth: number,
    isUnknown = false,
  ) {
    const cursor = this.#cursor;
    const items: Elements[] = [];
    while (untilDelimiter || cursor.position < end) {
      const next = cursor.tag(end, syntax);
      if (next !== item && next !== sequenceDelimitation) throw cursor.unexpected(next);
      const length = cursor.uint32(cursor.position + 4, syntax);
      cursor.position += 8;
      if (next === sequenceDelimitation) {
        if (!untilDelimiter) this.#note(`${hexOfTag(tag)} has a defined length and a delimiter`);
        break;
      }
      this.#countOne();
      const delimited = length === undefinedLength;
      if (!delimited && length > end - cursor.position) throw cursor.tooShort(next, end);
      const itemEnd = delimited ? end : cursor.position + length;
      const found = syntax.implicit && !isUnknown ? syntax : this.#syntaxOfNext(itemEnd, syntax);
      if (found.implicit !== syntax.implicit) {
        this.#note(`an item of ${hexOfTag(tag)} is ${found.implicit ? 'Implicit' : 'Explicit'} VR, and should not be`);
      }
      items.push(this.#elements(itemEnd, found, depth + 1, delimited));
      if (!delimited) cursor.position = itemEnd;
    }
    return items;
  }

  #fragments(tag: TagNumber, end: number, syntax: ElementSyntax): ByteRange[] {
    const cursor = this.#cursor;
    const fragments: ByteRange[] = [];
    for (;;) {
      const next = cursor.tag(end, syntax);
      if (next !== item && next !== sequenceDelimitation) throw cursor.unexpected(next);
      const length = cursor.uint32(cursor.position + 4, syntax);
      cursor.position += 8;
      if (next === sequenceDelimitation) return fragments;
      if (length > end - cursor.position) throw cursor.tooShort(tag, end);
      this.#countOne();
      fragments.push({ offset: cursor.position, length });
      cursor.position += length;
    }
  }

  /** Ascending, and of elements with the same tag the last. */
  #inOrder(elements: readonly DataElement[]): DataElement[] {
    const byTag = new Map<TagNumber, DataElement>();
    for (const element of elements) {
      if (byTag.has(element.tag)) this.#note(`${hexOfTag(element.tag)} is there twice`);
      byTag.set(element.tag, element);
    }
    return [...byTag.values()].sort((a, b) => a.tag - b.tag);
  }

  #countOne(): void {
    this.#count += 1;
    if (this.#count > this.#limits.maxElements) {
      throw new Part10Error('too-large', `More than ${this.#limits.maxElements} elements and items`);
    }
  }
}
