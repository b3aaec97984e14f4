/** One media range of an Accept header field, taken apart (RFC 9110 §12.5.1, PS3.18 §8.7.5). */
export interface MediaRange {
  /** Lower case; `*` for any. */
  readonly type: string;
  readonly subtype: string;
  /** Of multipart/related: what its parts are, lower case; null where the client leaves it open. */
  readonly partType: string | null;
  /** A UID, or `*` for any; null where the client says nothing. */
  readonly transferSyntax: string | null;
  readonly quality: number;
}

const token = String.raw`[\w!#$%&'*+.^\x60|~-]+`;
const parameterPattern = new RegExp(String.raw`;\s*(${token})\s*=\s*("(?:[^"\\]|\\.)*"|[^;,\s"]*)`, 'y');
const rangePattern = new RegExp(String.raw`\s*(${token})/(${token})\s*`, 'y');

/**
 * Reads what a client accepts, best first.
 *
 * `type` of multipart/related should be quoted, as it holds a slash; viewers in the field leave the quotes out, and are
 * understood. A range with `q=0` is left out.
 *
 * @param header - The Accept header field; null for none, which means anything, as HTTP has it and PS3.18 has not.
 * @param query - The `accept` parameter, which outranks the header (PS3.18 §8.3.3.1).
 * @returns null for what is not a list of media ranges.
 */
export function parseAccept(header: string | null, query: string | null): MediaRange[] | null {
  const text = query ?? header ?? '*/*';
  const ranges: MediaRange[] = [];
  let at = 0;
  while (at < text.length) {
    const range = match(rangePattern, text, at);
    if (!range) return null;
    at = rangePattern.lastIndex;
    const parameters = new Map<string, string>();
    for (let found = match(parameterPattern, text, at); found; found = match(parameterPattern, text, at)) {
      parameters.set((found[1] ?? '').toLowerCase(), unquoted(found[2] ?? ''));
      at = parameterPattern.lastIndex;
      while (text[at] === ' ') at++;
    }
    ranges.push(toRange(range[1] ?? '', range[2] ?? '', parameters));
    if (at < text.length && text[at] !== ',') return null;
    at++;
  }
  return ranges.filter((range) => range.quality > 0).sort((a, b) => b.quality - a.quality);
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function toRange(type: string, subtype: string, parameters: ReadonlyMap<string, string>): MediaRange {
  const quality = Number(parameters.get('q') ?? 1);
  return {
    type: type.toLowerCase(),
    subtype: subtype.toLowerCase(),
    partType: parameters.get('type')?.toLowerCase() ?? null,
    transferSyntax: parameters.get('transfer-syntax') ?? null,
    quality: quality >= 0 && quality <= 1 ? quality : 1,
  };
}

const unquoted = (text: string): string => (text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text);

/** Whether a range takes a media type as one body. */
export function acceptsSingle(range: MediaRange, mediaType: string): boolean {
  const [type, subtype] = mediaType.split('/');
  return (range.type === '*' || range.type === type) && (range.subtype === '*' || range.subtype === subtype);
}

/** Whether a range takes a media type as parts of multipart/related. */
export function acceptsMultipart(range: MediaRange, mediaType: string): boolean {
  if (range.type === '*' && range.subtype === '*') return true;
  if (range.type !== 'multipart' || (range.subtype !== 'related' && range.subtype !== '*')) return false;
  if (range.partType === null || range.partType === mediaType || range.partType === '*/*') return true;
  return range.partType.endsWith('/*') && mediaType.startsWith(range.partType.slice(0, -1));
}
