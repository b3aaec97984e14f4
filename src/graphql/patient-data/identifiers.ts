import { isUid, type Uid } from '../../dicom/uid.ts';
import { FacadeError } from '../../errors.ts';
import type { OpaqueTexts } from '../../links/opaque.ts';

/**
 * The names of objects for one who may not see patient data: tokens that tell nothing of them, and that can be sent back.
 * Equal names have equal tokens, for as long as one link key signs.
 */
export interface Identifiers {
  /** A UID of the standard's own (SOP classes, transfer syntaxes, coding schemes) names no object, and stays as it is. */
  sealUid(uid: string): string;
  /** @throws {FacadeError} BAD_USER_INPUT: not a token of ours; a UID as it stands in the archive is none. */
  openUid(text: string, argument: string): Uid;
  sealId(id: string): string;
  /** @throws {FacadeError} BAD_USER_INPUT */
  openId(text: string, argument: string): string;
  sealCursor(cursor: string): string;
  /** @throws {FacadeError} BAD_USER_INPUT */
  openCursor(text: string, argument: string): string;
}

/** UIDs that PS3.6 Annex A registers. */
const isOfStandard = (uid: string): boolean => uid.startsWith('1.2.840.10008.');

export function createIdentifiers(texts: OpaqueTexts): Identifiers {
  function open(purpose: string, text: string, argument: string): string {
    const opened = texts.open(purpose, text);
    if (opened !== null) return opened;
    throw new FacadeError('BAD_USER_INPUT', 'Not one of the tokens that stand for names here', { argument });
  }
  return {
    sealUid: (uid) => (isOfStandard(uid) ? uid : texts.seal('uid', uid)),
    openUid(text, argument) {
      if (isUid(text) && isOfStandard(text)) return text;
      const uid = open('uid', text, argument);
      if (isUid(uid)) return uid;
      throw new FacadeError('BAD_USER_INPUT', 'Not one of the tokens that stand for names here', { argument });
    },
    sealId: (id) => texts.seal('id', id),
    openId: (text, argument) => open('id', text, argument),
    sealCursor: (cursor) => texts.seal('shown-cursor', cursor),
    openCursor: (text, argument) => open('shown-cursor', text, argument),
  };
}
