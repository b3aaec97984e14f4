/** A media type with its parameters, names in lower case. */
export interface MediaType {
  /** Type and subtype in lower case: 'image/jp2'. */
  readonly essence: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const token = /[^\s;=",]+/y;
const quoted = /"((?:[^"\\]|\\.)*)"/y;
const bare = /[^;]*/y;

/**
 * Reads a Content-Type as origins write it, which is more than RFC 9110 §8.3 allows: parameters without quotes though
 * they hold a slash, empty parameters, and whole parameters inside the quotes of `type` (Orthanc 1.7 plugin:
 * `type="image/jp2; transfer-syntax=1.2.840.10008.1.2.4.90"`), which are taken out of them.
 *
 * @returns null for what has no type and subtype.
 */
export function parseMediaType(text: string | undefined): MediaType | null {
  if (text === undefined) return null;
  const semicolon = text.indexOf(';');
  const essence = (semicolon < 0 ? text : text.slice(0, semicolon)).trim().toLowerCase();
  if (!/^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+*-]+$/.test(essence)) return null;
  const parameters = new Map<string, string>();
  if (semicolon >= 0) readParameters(text, semicolon + 1, parameters);
  const type = parameters.get('type');
  const inner = type?.indexOf(';') ?? -1;
  if (type !== undefined && inner >= 0) {
    parameters.set('type', type.slice(0, inner).trim());
    readParameters(type, inner + 1, parameters);
  }
  return { essence, parameters };
}

/** Reads `; name=value` from a position on. What comes first counts, and what is no parameter is passed over. */
function readParameters(text: string, from: number, into: Map<string, string>): void {
  let at = from;
  while (at < text.length) {
    while (at < text.length && /[\s;]/.test(text.charAt(at))) at++;
    const name = matchAt(token, text, at);
    if (name !== null && text.charAt(at + name[0].length) === '=') {
      at += name[0].length + 1;
      const string = matchAt(quoted, text, at);
      const value = string ?? matchAt(bare, text, at);
      at += value?.[0].length ?? 0;
      const written = string ? (string[1] ?? '').replace(/\\(.)/g, '$1') : (value?.[0] ?? '').trim();
      const key = name[0].toLowerCase();
      if (!into.has(key)) into.set(key, written);
    }
    const next = text.indexOf(';', at);
    at = next < 0 ? text.length : next + 1;
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
