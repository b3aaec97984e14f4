/** Compressed frames, one fragment each (PS3.5 §A.4). */
export interface EncapsulatedFrames {
  readonly frames: readonly Uint8Array[];
}

export type PhantomScalar = string | number;

/**
 * The value of an attribute, as its VR takes it: text for text (AT: 8 hex digits), numbers for numbers, an array for
 * several values, data sets for a sequence, bytes or 16-bit words for binary. Null: present and empty. Undefined: absent.
 */
export type PhantomValue =
  | PhantomScalar
  | readonly PhantomScalar[]
  | readonly PhantomDataSet[]
  | Uint8Array
  | Uint16Array
  | Int16Array
  | EncapsulatedFrames
  | null
  | undefined;

/** Attributes by keyword; those without one of their own (repeating groups) by tag. In any order. */
export interface PhantomDataSet {
  readonly [attribute: string]: PhantomValue;
}
