import { readFileSync, statSync } from 'node:fs';

/** Settings, keys and credentials are a page or two; what is larger is some other file. */
const maxFileBytes = 1_000_000;

type Contents =
  | { readonly contents: string; readonly problem?: never }
  | { readonly contents: null; readonly problem: string };

const reasons: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'no such file'],
  ['EACCES', 'may not be read'],
  ['EISDIR', 'is a folder'],
]);

/** A small file as text, or why it cannot be had. */
export function readSmallFile(file: string): Contents {
  try {
    if (statSync(file).size > maxFileBytes) return { contents: null, problem: `larger than ${maxFileBytes} bytes` };
    return { contents: readFileSync(file, 'utf8') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return { contents: null, problem: reasons.get(code) ?? `cannot be read (${code})` };
  }
}
