import { type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { AuditedQuestion, OperationAudit } from '../../audit/operation-audit.ts';
import { type ErrorCode, errorCodes, isCodedError } from '../../errors.ts';
import type { Context } from '../context.ts';
import { createOperationDescriber } from './describe-operation.ts';

/** Of a deferred answer, each part. */
type Part = Pick<ExecutionResult, 'data' | 'errors'> & {
  readonly incremental?: readonly { readonly errors?: ExecutionResult['errors'] }[];
};

/** Of a request, also where no operation came of it. */
interface Server {
  readonly audit: OperationAudit | null;
}

/**
 * Tells the trail of every operation, also of those that are refused unseen: not read, not valid, not on the list. Lets no answer leave, nor a deferred part of one, before the trail has it.
 *
 * To stand before what refuses operations, and before what puts errors into a client's words.
 */
export function auditOperations(schema: GraphQLSchema): Plugin<Context, Server> {
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
    onResultProcess({ result, serverContext: { audit } }) {
      if (audit === null || Array.isArray(result) || Symbol.asyncIterator in result) return;
      const [error] = result.errors ?? [];
      if (error !== undefined) audit.refused(codeOf(error));
    },
  };
}

/** A mutation that met an error did nothing; a query answered something where it has data. */
function resultOf({ type }: AuditedQuestion, part: Part, codes: readonly ErrorCode[]): ErrorCode | null {
  const [first = null] = codes;
  const hasData = part.data !== null && part.data !== undefined;
  return type === 'mutation' || !(hasData || 'incremental' in part || codes.length === 0) ? first : null;
}

/** What graphql-js refuses itself, a syntax or a name that there is not, has no code of ours. */
function codeOf({ originalError, extensions }: GraphQLError): ErrorCode {
  if (isCodedError(originalError)) return originalError.code;
  const { code } = originalError instanceof GraphQLError ? originalError.extensions : extensions;
  if (typeof code === 'string' && Object.hasOwn(errorCodes, code)) return code as ErrorCode;
  return originalError === undefined || originalError instanceof GraphQLError ? 'BAD_USER_INPUT' : 'INTERNAL';
}

/** In the words of a client already, with the HTTP status that it has anywhere else. */
function unavailable(error: unknown): GraphQLError {
  if (!isCodedError(error)) return new GraphQLError('A fault of the facade', { originalError: error as Error });
  const { status, retryable } = errorCodes[error.code];
  const http = { status, headers: { 'retry-after': String(error.facts?.['retryAfterSeconds'] ?? 5) } };
  return new GraphQLError(error.message, { extensions: { code: error.code, retryable, ...error.facts, http } });
}
