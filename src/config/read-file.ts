import { dirname } from 'node:path';
import type { Source } from './given.ts';
import { readTree } from './read-tree.ts';
import { readSmallFile } from './small-file.ts';

/**
 * Settings from a YAML or JSON file (JSON is YAML). Paths in it are relative to its folder.
 *
 * @param file - An absolute path.
 * @param shown - The path as it was written, for messages.
 */
export async function readSettingsFile(file: string, shown: string): Promise<Source> {
  const { contents, problem } = readSmallFile(file);
  if (contents === null) return failed(shown, problem);
  const { parseDocument } = await import('yaml'); // 30 ms that a start without a file does not spend
  const document = parseDocument(contents, { prettyErrors: false });
  const [fault] = document.errors;
  if (fault !== undefined) {
    // The parser's own message quotes the file, and with it what may be secret.
    const line = contents.slice(0, fault.pos[0]).split('\n').length;
    return failed(`${shown}, line ${line}`, `not YAML or JSON (${fault.code})`);
  }
  try {
    return readTree(document.toJS({ maxAliasCount: 100 }) ?? {}, shown, dirname(file));
  } catch {
    return failed(shown, 'not YAML or JSON (too many or unknown aliases)');
  }
}

const failed = (where: string, message: string): Source => ({ given: [], problems: [{ where, message }] });
