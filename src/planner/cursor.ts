import { createHash } from 'node:crypto';
import { FacadeError } from '../errors.ts';

/**
 * Where a page ends. `offset`: after that many rows of the origin's answer to the search with number `search`;
 * `after`: behind the study with that date (empty: undated) and UID; `index`: behind that many objects of a complete list.
 */
export type Position =
  | { readonly kind: 'offset'; readonly search: number; readonly offset: number }
  | { readonly kind: 'after'; readonly date: string; readonly uid: string }
  | { readonly kind: 'index'; readonly index: number };

/** What a cursor is good for: the list, its filter and its order. Never written into the cursor itself, only hashed. */
export const questionHash = (question: unknown): string =>
  createHash('sha256').update(stableJson(question)).digest('base64url').slice(0, 12);

/** Equal for equal questions: keys in order, null and absent the same. */
function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner)
            .filter(([, v]) => v !== null && v !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : inner,
  );
}

/** How cursors are written. */
export interface CursorCodec {
  seal(text: string): string;
  /** null: not written so. */
  open(cursor: string): string | null;
}

/** To be read by anyone. The place in an origin's answer tells how many rows lie before it. */
export const plainCursors: CursorCodec = {
  seal: (text) => Buffer.from(text).toString('base64url'),
  open(cursor) {
    const bytes = Buffer.from(cursor.slice(0, 512), 'base64url');
    return bytes.toString('base64url') === cursor ? bytes.toString('latin1') : null;
  },
};

export const encodeCursor = (question: string, position: Position, codec: CursorCodec = plainCursors): string =>
  codec.seal(textOf(question, position));

function textOf(question: string, position: Position): string {
  const parts =
    position.kind === 'offset'
      ? ['o', position.search, position.offset]
      : position.kind === 'after'
        ? ['a', position.date, position.uid]
        : ['i', position.index];
  return [question, ...parts].join(' ');
}

/**
 * @throws {FacadeError} BAD_USER_INPUT: not a cursor, or one of another filter, order, list or origin.
 */
export function parseCursor(
  question: string,
  cursor: string,
  kind: Position['kind'],
  codec: CursorCodec = plainCursors,
): Position {
  const text = codec.open(cursor) ?? '';
  const [hash, form, first = '', second = '', ...rest] = text.split(' ');
  const position = hash === question && rest.length === 0 ? toPosition(form, first, second) : null;
  if (position?.kind !== kind || textOf(question, position) !== text) {
    throw new FacadeError('BAD_USER_INPUT', 'Not a cursor of this list, filter and order', { argument: 'after' });
  }
  return position;
}

function toPosition(form: string | undefined, first: string, second: string): Position | null {
  const integer = (text: string): number => (/^(0|[1-9]\d{0,14})$/u.test(text) ? Number(text) : Number.NaN);
  if (form === 'o') {
    const [search, offset] = [integer(first), integer(second)];
    return Number.isNaN(search + offset) ? null : { kind: 'offset', search, offset };
  }
  if (form === 'a') {
    const valid = /^(\d{4}-\d{2}-\d{2})?$/u.test(first) && /^[0-9.]{1,64}$/u.test(second);
    return valid ? { kind: 'after', date: first, uid: second } : null;
  }
  const index = integer(first);
  return form === 'i' && !Number.isNaN(index) ? { kind: 'index', index } : null;
}
