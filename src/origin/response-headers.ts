/** Headers of an answer by lower-case name; several of one name are joined by a comma (RFC 9110 §5.3). */
export type ResponseHeaders = ReadonlyMap<string, string>;

/** @param raw - As undici gives them: names in lower case. */
export function toResponseHeaders(raw: Readonly<Record<string, string | string[] | undefined>>): ResponseHeaders {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(raw)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

/** Content-Length in bytes; null where there is none, or none that is a number. */
export function contentLengthOf(headers: ResponseHeaders): number | null {
  const text = headers.get('content-length');
  if (text === undefined || !/^[0-9]{1,15}$/.test(text)) return null;
  return Number(text);
}
