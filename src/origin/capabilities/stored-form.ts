import { explicitVrLittleEndian, transferSyntaxOf } from '../../dicom/transfer-syntax.ts';
import type { Capabilities } from './capabilities.ts';

/** Forms that have a transfer syntax: whole objects, and their frames. */
export type StoredForm = 'NATIVE' | 'FRAMES';

/**
 * Whether an origin gives a form of an object in a transfer syntax: converted to it, or because it is stored in it.
 *
 * @param stored - The object's Available Transfer Syntax UIDs; none: the origin does not tell them. Absent: not looked at.
 * @returns 'unknown': nothing is known of what the origin converts. 'as stored': it takes looking at how the object is stored.
 */
export function givesSyntax(
  { nativeSyntaxes, frameSyntaxes, convertedSyntaxes }: Capabilities,
  form: StoredForm,
  wanted: string,
  stored?: readonly string[],
): boolean | 'unknown' | 'as stored' {
  const targets = form === 'NATIVE' ? nativeSyntaxes : frameSyntaxes;
  if (targets === null) return 'unknown';
  const isTarget = targets.includes(wanted);
  if (isTarget && convertedSyntaxes === null) return true;
  if (stored === undefined) return 'as stored';
  if (stored.some((uid) => (form === 'NATIVE' ? uid : syntaxOfFrames(uid)) === wanted)) return true;
  return isTarget && (stored.length === 0 || stored.some((uid) => convertedSyntaxes?.includes(uid)));
}

/** What frames come in as stored: frames that are not compressed have one transfer syntax, whichever the object has (PS3.18 §8.7.3.3.2). */
function syntaxOfFrames(uid: string): string {
  return transferSyntaxOf(uid)?.encapsulated === false ? explicitVrLittleEndian : uid;
}
