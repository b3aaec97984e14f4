/** One parameter of a query, not yet encoded. */
export type QueryParameter = readonly [name: string, value: string];

export interface EncodedQuery {
  /** Without the question mark. */
  readonly query: string;
  /** Some characters could not be sent, and wildcards stand in for them. */
  readonly widened: boolean;
}

/** Legal in a query as they stand and without meaning for the parameters (RFC 3986 §3.4), and `^`, which is not legal. */
const rawCharacter = /[A-Za-z0-9\-._~!$'()*,;:@/?+=^]/u;

/**
 * Encodes the parameters of a search.
 *
 * Commas, which separate the values of a list (PS3.18 §8.3.4.1), and wildcards stay readable.
 *
 * @param rawValues - The origin takes values as they stand (`capabilities.rawQueryValues`): what would need an escape is
 *   sent as a wildcard, `?` for one ASCII character and `*` for others, of which origins may count the bytes.
 */
export function encodeQuery(parameters: readonly QueryParameter[], rawValues: boolean): EncodedQuery {
  let widened = false;
  const query = parameters
    .map(([name, value]) => {
      if (!/^[A-Za-z0-9.]+$/.test(name)) throw new TypeError('Not the name of a query parameter');
      const encoded = rawValues ? withWildcards(value) : percentEncoded(value);
      widened ||= rawValues && encoded !== value;
      return `${name}=${encoded}`;
    })
    .join('&');
  return { query, widened };
}

function percentEncoded(value: string): string {
  // A lone surrogate is no character: encodeURIComponent would throw.
  return encodeURIComponent(value.toWellFormed()).replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%2F', '/');
}

function withWildcards(value: string): string {
  const characters = Array.from(value, (character) => {
    if (rawCharacter.test(character)) return character;
    return character < '\u0080' ? '?' : '*';
  });
  return characters.join('').replace(/\*{2,}/g, '*');
}
