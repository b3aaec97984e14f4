import { randomBytes } from 'node:crypto';
import { linesOfKeys } from './link-key-lines.ts';

/** A key as it stands in a file, apart from its secret. */
export interface LinkKeyEntry {
  readonly id: string;
  /** When it was made, as the comment above it says; null where nothing does. */
  readonly madeAt: Date | null;
}

const made = /^#\s*made (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\s*$/;

/** A new key as two lines of a file: a comment that says when it was made, and `ID:SECRET` with 32 random bytes. */
export function makeKeyLines(id: string, now: Date): readonly string[] {
  const moment = now.toISOString().replace(/\.\d+Z$/, 'Z');
  return [`# made ${moment}`, `${id}:${randomBytes(32).toString('base64url')}`];
}

/** The keys of a file, the one that signs first. */
export function entriesOf(contents: string): readonly LinkKeyEntry[] {
  const lines = contents.split('\n');
  return linesOfKeys(contents).map((line) => {
    const [id = ''] = line.split(':');
    const { start, end } = rangeOf(lines, id) ?? { start: 0, end: 0 };
    const moment = made.exec(end - start === 2 ? (lines[start] ?? '').trim() : '')?.[1];
    return { id, madeAt: moment === undefined ? null : new Date(moment) };
  });
}

/** A file with these lines as its first key, which signs, or as its last. */
export function withKey(contents: string, keyLines: readonly string[], place: 'first' | 'last'): string {
  const lines = contents === '' ? [] : contents.replace(/\n?$/, '').split('\n');
  const [first] = entriesOf(contents);
  const start = first === undefined || place === 'last' ? lines.length : (rangeOf(lines, first.id)?.start ?? 0);
  return `${lines.toSpliced(start, 0, ...keyLines).join('\n')}\n`;
}

/** A file without a key, and what was taken out; null: it has no such key. */
export function withoutKey(contents: string, id: string): { rest: string; keyLines: readonly string[] } | null {
  const lines = contents.split('\n');
  const range = rangeOf(lines, id);
  if (range === null) return null;
  const { start, end } = range;
  return { rest: lines.toSpliced(start, end - start).join('\n'), keyLines: lines.slice(start, end) };
}

/** Where a key stands, with the comment above that tells when it was made. Other comments are of whoever wrote them. */
function rangeOf(lines: readonly string[], id: string): { readonly start: number; readonly end: number } | null {
  const index = lines.findIndex((line) => line.trim().startsWith(`${id}:`));
  if (index < 0) return null;
  return { start: made.test((lines[index - 1] ?? '').trim()) ? index - 1 : index, end: index + 1 };
}
