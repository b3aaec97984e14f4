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
 * @throws {TrustedDocumentError} Some are not valid, or pass a bound: better told at the start than at their first use.
 */
export function useTrustedDocuments({ documents, only }: TrustedDocuments, bounds: DocumentBounds): Plugin {
  const known = new Map(Object.entries(documents));
  const problems = [...known].flatMap(([hash, text]) => {
    const problem = problemOf(text, bounds);
    return problem === null ? [] : [`  ${hash}: ${problem}`];
  });
  if (problems.length > 0) {
    throw new TrustedDocumentError(
      ['These trusted documents are not valid; nothing was started.', ...problems].join('\n'),
    );
  }
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

/** Documents that were configured, and that the schema or a bound refuses: nothing is started. */
export class TrustedDocumentError extends Error {
  override readonly name = 'TrustedDocumentError';
  readonly code = 'TRUSTED_DOCUMENT';
}

/** What is wrong with a document; null: nothing. */
function problemOf(text: string, bounds: DocumentBounds): string | null {
  try {
    return validate(schema, parseDocument(text, bounds))[0]?.message ?? null;
  } catch (error) {
    if (error instanceof GraphQLError) return error.message;
    throw error;
  }
}

const refusal = (message: string, code: string, status: number): GraphQLError =>
  new GraphQLError(message, { extensions: { code, retryable: false, http: { status } } });
