/** What the target of a request below a root says, before anything in it is known to be authentic. */
export interface RootTarget {
  readonly token: string;
  /** The path below the root, as written: nothing in it needs an escape, so that nothing is unescaped. */
  readonly segments: readonly string[];
  /** Without the question mark; null where there is none. */
  readonly query: string | null;
}

const grammar = /^\/dicomweb\/([A-Za-z0-9_-]+)((?:\/[^/?#]*)*)(?:\?([^#]*))?$/s;

/**
 * Takes a request target apart, as it came over the wire: a URL parser would tidy up what ought to be refused.
 *
 *     /dicomweb/TOKEN/studies/1.2.3/series?limit=10
 *
 * @returns null for what has no token.
 */
export function parseRootTarget(target: string): RootTarget | null {
  const [, token, path = '', query] = grammar.exec(target) ?? [];
  if (token === undefined) return null;
  return { token, segments: path.split('/').slice(1), query: query ?? null };
}
