import type { Links } from '../links/links.ts';

/** A link that was minted. */
export interface MintedLink {
  readonly origin: string;
  /** null: an upload of any. */
  readonly study: string | null;
  readonly form: 'resource' | 'template' | 'root' | 'upload';
  /** What it gives; STORE for an upload. */
  readonly representations: readonly string[];
  readonly url: string;
}

/** Links that tell of each that is minted. */
export function tellOfLinks<L extends Links>(links: L, tell: (link: MintedLink) => void): L {
  return new Proxy(links, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]): unknown => {
        const link: unknown = Reflect.apply(method, target, args);
        tell({ origin: String(args[0]), study: studyOf(args[1]), ...describe(link) });
        return link;
      };
    },
  });
}

function describe(link: unknown): Pick<MintedLink, 'form' | 'representations' | 'url'> {
  const { url, template, representation, representations } = Object(link) as Readonly<Record<string, unknown>>;
  if (Array.isArray(representations)) {
    return { form: 'root', representations: representations.map(String), url: String(url) };
  }
  if (representation === undefined) return { form: 'upload', representations: ['STORE'], url: String(url) };
  if (template !== undefined)
    return { form: 'template', representations: [String(representation)], url: String(template) };
  return { form: 'resource', representations: [String(representation)], url: String(url) };
}

/** The second argument of each method names the object; that of an upload may name none. */
function studyOf(ref: unknown): string | null {
  const { study } = Object(ref) as { study?: unknown };
  return typeof study === 'string' ? study : null;
}
