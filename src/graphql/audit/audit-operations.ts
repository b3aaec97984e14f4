import { type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { AuditedQuestion } from '../../audit/operation-audit.ts';
import { type ErrorCode, errorCodes, isCodedError } from '../../errors.ts';
import type { Context } from '../context.ts';
import { createOperationDescriber } from './describe-operation.ts';

/** Of a deferred answer, each part. */
type Part = Pick<ExecutionResult, 'data' | 'errors'> & {
  readonly incremental?: readonly { readonly errors?: ExecutionResult['errors'] }[];
};

/**
 * Tells the trail of every operation, and lets no answer leave, nor a deferred part of one, before the trail has it.
 *
 * To stand before what refuses operations, and before what puts errors into a client's words.
 */
export function auditOperations(schema: GraphQLSchema): Plugin<Context> {
  const describe = createOperationDescriber(schema);
  return {
    onExecute({ args }) {
      const context = args.contextValue as Context;
      const { audit } = context;
      if (audit === null) return;
      const question = describe(args.document, args.operationName, args.variableValues);
      const tell = async (part: Part, setResult: (result: ExecutionResult) => void): Promise<void> => {
        const errors = [...(part.errors ?? []), ...(part.incremental ?? []).flatMap(({ errors = [] }) => errors)];
        const codes = errors.map(codeOf);
        try {
          await audit.answered(question, {
            code: resultOf(question, part, codes),
            errors: codes,
            requests: context.plannedRequests(),
          });
        } catch (error) {
          setResult({ errors: [unavailable(error)] });
        }
      };
      return {
        onExecuteDone({ result, setResult }) {
          if (!(Symbol.asyncIterator in result)) return tell(result as ExecutionResult, setResult);
          return { onNext: ({ result: part, setResult: setPart }) => tell(part as Part, setPart) };
        },
      };
    },
  };
}

/** A mutation that met an error did nothing; a query answered something where it has data. */
function resultOf({ type }: AuditedQuestion, part: Part, codes: readonly ErrorCode[]): ErrorCode | null {
  const [first = null] = codes;
  const hasData = part.data !== null && part.data !== undefined;
  return type === 'mutation' || !(hasData || 'incremental' in part || codes.length === 0) ? first : null;
}

function codeOf({ originalError, extensions }: GraphQLError): ErrorCode {
  if (isCodedError(originalError)) return originalError.code;
  const { code } = originalError instanceof GraphQLError ? originalError.extensions : extensions;
  return typeof code === 'string' && Object.hasOwn(errorCodes, code) ? (code as ErrorCode) : 'INTERNAL';
}

/** In the words of a client already, with the HTTP status that it has anywhere else. */
function unavailable(error: unknown): GraphQLError {
  if (!isCodedError(error)) return new GraphQLError('A fault of the facade', { originalError: error as Error });
  const { status, retryable } = errorCodes[error.code];
  const http = { status, headers: { 'retry-after': String(error.facts?.['retryAfterSeconds'] ?? 5) } };
  return new GraphQLError(error.message, { extensions: { code: error.code, retryable, ...error.facts, http } });
}
