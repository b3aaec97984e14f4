import type { LinkForm } from '../links/grant.ts';

/** What the path of a link says, before anything in it is known to be authentic. */
export interface LinkTarget {
  readonly token: string;
  readonly form: Extract<LinkForm, 'resource' | 'template'>;
  /** Of a template: what stands for `{frame}`, as written. */
  readonly frame: string | null;
  /** Of a template: whether it ends in `/rendered`. */
  readonly rendered: boolean;
  /** There is a question mark. */
  readonly hasQuery: boolean;
  /** The query is `download` or `download=1`: the one that a link takes. It is not signed, for it changes nothing of the body. */
  readonly download: boolean;
}

const grammar = /^\/links\/([A-Za-z0-9_-]+)(?:\/frames\/([^/?]*)(\/rendered)?)?(\?.*)?$/s;

/**
 * Takes a request target apart, as it came over the wire: a URL parser would tidy up what ought to be refused.
 *
 *     /links/TOKEN
 *     /links/TOKEN/frames/FRAME
 *     /links/TOKEN/frames/FRAME/rendered
 *
 * @returns null for any other path: another spelling of the same one, too.
 */
export function parseLinkTarget(target: string): LinkTarget | null {
  const [, token, frame, rendered, query] = grammar.exec(target) ?? [];
  if (token === undefined) return null;
  return {
    token,
    form: frame === undefined ? 'resource' : 'template',
    frame: frame ?? null,
    rendered: rendered !== undefined,
    hasQuery: query !== undefined,
    download: query === '?download' || query === '?download=1',
  };
}
