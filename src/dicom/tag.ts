import { DicomInputError } from './dicom-input-error.ts';

/** An attribute's tag: group and element as 8 upper-case hex digits, as in the DICOM JSON Model (PS3.18 §F.2.2). */
export type Tag = string & { readonly __tag: true };

const canonical = /^[0-9A-F]{8}$/;
const written = /^\(?([0-9A-Fa-f]{4}),?([0-9A-Fa-f]{4})\)?$/;

export function isTag(text: unknown): text is Tag {
  return typeof text === 'string' && canonical.test(text);
}

/**
 * Reads a tag as people write it: `00100010`, `0010,0010` or `(0010,0010)`, in either case.
 *
 * @throws {DicomInputError} BAD_USER_INPUT. The message never holds the text.
 */
export function parseTag(text: string): Tag {
  const match = written.exec(text.trim());
  const joined = match ? `${match[1]}${match[2]}`.toUpperCase() : '';
  if (isTag(joined)) return joined;
  throw new DicomInputError('BAD_USER_INPUT', 'Not a DICOM tag: 8 hex digits are expected');
}

/** A tag written in code. A literal that is no tag is a fault of ours and ends the program at start. */
export function tag(literal: string): Tag {
  if (isTag(literal)) return literal;
  throw new TypeError(`Not a tag: ${literal}`);
}

/** Odd groups are private (PS3.5 §7.8). */
export function isPrivateTag(tag: Tag): boolean {
  return '13579BDF'.includes(tag.charAt(3));
}

/** Private creator elements (gggg,0010-00FF) reserve a block of a private group for their creator (PS3.5 §7.8.1). */
export function isPrivateCreatorTag(tag: Tag): boolean {
  return isPrivateTag(tag) && tag.startsWith('00', 4) && tag.slice(6) >= '10';
}
