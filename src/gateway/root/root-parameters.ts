import { FacadeError } from '../../errors.ts';

/** The parameters of a request by name, percent-decoded. Only `includefield` may have several values. */
export type RootParameters = ReadonlyMap<string, readonly string[]>;

/**
 * Takes a query apart by RFC 3986, as PS3.18 §8.3 writes it: `+` is a plus sign.
 *
 * @throws {FacadeError} BAD_USER_INPUT: a parameter that is given twice (but for `includefield`, of which PS3.18 §8.3.4.3
 *   allows several), or an escape that is no UTF-8. The message does not hold it.
 */
export function parseRootParameters(query: string | null): RootParameters {
  const parameters = new Map<string, readonly string[]>();
  for (const pair of (query ?? '').split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    const others = parameters.get(name);
    if (others !== undefined && name !== 'includefield') throw badParameter('A parameter is given twice');
    parameters.set(name, [...(others ?? []), value]);
  }
  return parameters;
}

/** @throws {FacadeError} BAD_USER_INPUT: another parameter than these. */
export function allowOnly(parameters: RootParameters, names: readonly string[]): void {
  for (const name of parameters.keys()) {
    if (!names.includes(name)) throw badParameter(`This resource takes ${names.join(', ')} and no other parameter`);
  }
}

export const badParameter = (message: string) => new FacadeError('BAD_USER_INPUT', message, { argument: 'query' });

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badParameter('The query holds an escape that is not UTF-8');
  }
}
