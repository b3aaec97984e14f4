import { sopClassName } from './sop-class.ts';
import { transferSyntaxOf } from './transfer-syntax.ts';

/** The name that the standard gives a UID: of a storage SOP Class or a transfer syntax (PS3.6 Table A-1). */
export const uidName = (uid: string): string | null => sopClassName(uid) ?? transferSyntaxOf(uid)?.name ?? null;
