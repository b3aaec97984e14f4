import type { TagNumber } from './tags.ts';

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
