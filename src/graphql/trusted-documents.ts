import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations';
import { GraphQLError, validate } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { DocumentBounds } from './document-bounds.ts';
import { parseDocument } from './parse-document.ts';
import { schema } from './schema.ts';

/** Documents that clients may name instead of sending them. */
export interface TrustedDocuments {
  /** Hash to document. */
  readonly documents: Readonly<Record<string, string>>;
  /** Whether every other document is refused. */
  readonly only: boolean;
}

/**
 * Answers documents by their hash: `extensions.persistedQuery.sha256Hash` of Apollo and others, or `documentId`, with or without
 * `sha256:` before it.
 *
 * @throws {Error} One of the documents is not valid, or passes a bound: better at the start than at its first use.
 */
export function useTrustedDocuments({ documents, only }: TrustedDocuments, bounds: DocumentBounds): Plugin {
  const known = new Map(Object.entries(documents));
  for (const [hash, text] of known) requireValid(hash, text, bounds);
  return usePersistedOperations({
    allowArbitraryOperations: !only,
    extractPersistedOperationId: hashOf,
    getPersistedOperation: (hash) => known.get(hash) ?? null,
    customErrors: {
      // The words are those that clients of persisted queries look for.
      notFound: () => refusal('PersistedQueryNotFound', 'NOT_FOUND', 404),
      keyNotFound: () => refusal('There is no document', 'BAD_USER_INPUT', 400),
      persistedQueryOnly: () => refusal('Documents are named by their hash here', 'FORBIDDEN', 403),
    },
  });
}

function hashOf(params: { readonly extensions?: unknown; readonly documentId?: unknown }): string | null {
  const { persistedQuery } = Object(params.extensions) as { persistedQuery?: { sha256Hash?: unknown } };
  const hash = persistedQuery?.sha256Hash ?? params.documentId;
  return typeof hash === 'string' ? hash.replace(/^sha256:/, '') : null;
}

function requireValid(hash: string, text: string, bounds: DocumentBounds): void {
  try {
    const [error] = validate(schema, parseDocument(text, bounds));
    if (error) throw error;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The trusted document ${hash} is not valid: ${reason}`, { cause: error });
  }
}

const refusal = (message: string, code: string, status: number): GraphQLError =>
  new GraphQLError(message, { extensions: { code, retryable: false, http: { status } } });
