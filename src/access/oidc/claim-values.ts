/** How much of a claim is kept; what is beyond opens nothing. */
const maxValues = 500;
const maxLength = 1_024;

/**
 * A claim as texts. Lists are those; `scope` and `scp` are words with spaces between where they are one text. A name that the
 * token has not is a path: `realm_access.roles`.
 */
export function claimValues(claims: Readonly<Record<string, unknown>>, name: string): readonly string[] {
  const value = Object.hasOwn(claims, name) ? claims[name] : valueAt(claims, name.split('.'));
  const isWords = typeof value === 'string' && (name === 'scope' || name === 'scp');
  const values: readonly unknown[] = Array.isArray(value) ? value : isWords ? value.split(' ') : [value];
  return values.slice(0, maxValues).flatMap(textOf);
}

function valueAt(claims: unknown, [first, ...rest]: readonly string[]): unknown {
  if (first === undefined) return claims;
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims) || !Object.hasOwn(claims, first))
    return undefined;
  return valueAt((claims as Readonly<Record<string, unknown>>)[first], rest);
}

/** Texts, whole numbers, true and false. */
function textOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return value !== '' && value.length <= maxLength ? [value] : [];
  return typeof value === 'boolean' || Number.isSafeInteger(value) ? [String(value)] : [];
}
