// Segments of unreserved characters, sub-delimiters and escapes (RFC 3986 §3.3), none of them empty.
const canonicalPath = /^(?:\/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-F]{2})+)+$/;

/**
 * Whether a path is canonical: absolute, without empty segments, dot segments, or escapes that hide a slash, a backslash,
 * a dot, another escape, or any character that needs none. Only such a path means the same to every server on its way.
 */
export function isCanonicalPath(path: string): boolean {
  if (path.length > 2_000 || !canonicalPath.test(path)) return false;
  if (/\/\.\.?(?:\/|$)/.test(path)) return false;
  return (
    !path.includes('%') ||
    [...path.matchAll(/%([0-9A-F]{2})/g)].every(([, hex = '00']) => {
      const code = Number.parseInt(hex, 16);
      return code >= 0x20 && code !== 0x7f && !/[/\\%.A-Za-z0-9_~-]/.test(String.fromCharCode(code));
    })
  );
}

const canonicalQuery = /^(?:[A-Za-z0-9\-._~!$'()*,;:@/?&=+]|%[0-9A-F]{2})*$/;

/** Whether a query has only what RFC 3986 §3.4 allows, escapes in upper case. */
export function isCanonicalQuery(query: string): boolean {
  return query.length <= 2_000 && canonicalQuery.test(query);
}

/** Names of a query's parameters: what a log may hold of it. */
export function queryKeysOf(query: string | undefined): string[] {
  if (query === undefined || query === '') return [];
  return query.split('&').map((parameter) => parameter.split('=', 1)[0] ?? '');
}
