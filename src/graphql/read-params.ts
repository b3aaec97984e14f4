import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from './context.ts';

/** Lists and objects in each other, in variables and extensions; the deepest input of the schema needs about 6. */
const maxInputDepth = 16;
const maxInputValues = 20_000;

/**
 * Takes requests as GraphQL over HTTP §5 has them, and no others: GET with a query string, POST with `application/json`. Forms
 * and plain text, which any page may send without being asked whether it may (CSRF), are 415.
 */
export const readParams: Plugin<Context> = {
  onRequestParse({ request, setRequestParser }) {
    if (request.method === 'GET') setRequestParser(readQuery);
    if (request.method === 'POST') setRequestParser(readBody);
  },
};

interface Params {
  query?: string;
  operationName?: string;
  variables?: Record<string, unknown>;
  extensions?: Record<string, unknown>;
  documentId?: string;
}

function readQuery({ url }: { readonly url: string }): Params {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1 || url.length + 1));
  const params: Record<string, unknown> = {};
  for (const [name, value] of query) {
    if (Object.hasOwn(params, name)) throw badRequest(`"${name}" is given twice`);
    if (value === '') continue;
    params[name] = name === 'variables' || name === 'extensions' ? parseJson(value) : value;
  }
  return checkParams(params);
}

async function readBody(request: {
  readonly headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}): Promise<Params> {
  const [type = '', ...parameters] = (request.headers.get('content-type') ?? '').toLowerCase().split(';');
  const isJson = type.trim() === 'application/json';
  const isUtf8 = parameters.every(
    (text) => !/^\s*charset\s*=/.test(text) || /^\s*charset\s*=\s*"?utf-?8"?\s*$/.test(text),
  );
  if (!isJson || !isUtf8) throw badRequest('A POST has the content type application/json, in UTF-8', 415);
  const params = parseJson(decodeUtf8(await request.arrayBuffer()));
  if (Array.isArray(params)) throw badRequest('One request has one operation');
  if (typeof params !== 'object' || params === null) throw badRequest('The body is no JSON object');
  return checkParams(params as Record<string, unknown>);
}

function checkParams(params: Record<string, unknown>): Params {
  for (const name of ['query', 'operationName', 'documentId']) {
    const value = params[name];
    if (value !== undefined && value !== null && typeof value !== 'string') throw badRequest(`"${name}" is no text`);
  }
  let values = 0;
  const count = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null) return;
    if (depth > maxInputDepth) throw badRequest(`Variables are nested deeper than ${maxInputDepth}`);
    for (const part of Object.values(value)) {
      if (++values > maxInputValues) throw badRequest(`There are more than ${maxInputValues} values in variables`);
      count(part, depth + 1);
    }
  };
  for (const name of ['variables', 'extensions']) {
    const value = params[name] ?? {};
    if (typeof value !== 'object' || Array.isArray(value)) throw badRequest(`"${name}" is no JSON object`);
    count(value, 1);
  }
  const { query, documentId, extensions } = params as Params;
  const isNamed = documentId != null || extensions?.['persistedQuery'] != null;
  if (query == null && !isNamed) throw badRequest('There is no document');
  return params as Params;
}

function decodeUtf8(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badRequest('The body is not UTF-8');
  }
}

/** What is wrong with it is not told: V8 would repeat a part of it. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('Not JSON');
  }
}

const badRequest = (message: string, status = 400): GraphQLError =>
  new GraphQLError(message, {
    extensions: {
      code: 'BAD_USER_INPUT',
      retryable: false,
      http: { status, headers: status === 415 ? { 'accept-post': 'application/json' } : {} },
    },
  });
