import { DicomInputError } from './dicom-input-error.ts';

/** A unique identifier (VR UI) that has been checked: safe in a path, a query or a file name. */
export type Uid = string & { readonly __uid: true };

const maxLength = 64;
const grammar = /^[0-9]+(?:\.[0-9]+)*$/;

/**
 * Whether a text is a UID: digits in components joined by dots, at most 64 characters.
 *
 * Leading zeros in a component are against PS3.5 §9.1, but archives hold such objects, and they must be found under the
 * identifier they have: they are taken as they are.
 */
export function isUid(text: unknown): text is Uid {
  return typeof text === 'string' && text.length <= maxLength && grammar.test(text);
}

/**
 * @param what - What the UID stands for, as the message should name it: 'studyInstanceUID'.
 * @throws {DicomInputError} BAD_USER_INPUT. The message never holds the text.
 */
export function parseUid(text: string, what = 'UID'): Uid {
  if (isUid(text)) return text;
  throw new DicomInputError('BAD_USER_INPUT', `${what} is not a DICOM UID`);
}
