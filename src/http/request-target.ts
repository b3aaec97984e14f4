/** The target of a request, taken apart. */
export interface RequestTarget {
  /** As it was sent: percent-encoded, beginning with a slash. */
  readonly path: string;
  /** Without the question mark; null: there was none. */
  readonly query: string | null;
}

const pathCharacters = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-F]{2})*$/;
const queryCharacters = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2}|[[\]{}|^`"<>\\])*$/;

/**
 * Takes apart a request target in origin-form (RFC 9112 §3.2.1). The path must be canonical: `new URL` would make other
 * paths, and even other hosts, of `/a/../b` and `//evil.example`, so neither is repaired here, but refused.
 *
 * @returns null where the target is of another form, has an empty or a dot segment, a backslash, a character or an escape
 *   that a canonical path has not, or an escaped slash, backslash, dot or control character.
 */
export function parseRequestTarget(target: string): RequestTarget | null {
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  const query = mark === -1 ? null : target.slice(mark + 1);
  if (!pathCharacters.test(path) || path.includes('//') || /%(2E|2F|5C|[01][0-9A-F]|7F)/.test(path)) return null;
  if (path.split('/').some((segment) => segment === '.' || segment === '..')) return null;
  if (query !== null && !queryCharacters.test(query)) return null;
  return { path, query };
}
