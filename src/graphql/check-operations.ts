import {
  type DocumentNode,
  GraphQLError,
  getOperationAST,
  getVariableValues,
  NoSchemaIntrospectionCustomRule,
  validate,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { isCodedError } from '../errors.ts';
import { checkVariables, locateLiteral } from './argument-errors.ts';
import type { Context } from './context.ts';
import { estimateCost } from './cost/estimate-cost.ts';
import { type DocumentBounds, passed } from './document-bounds.ts';
import { withPlaces } from './error-places.ts';
import { parseDocument } from './parse-document.ts';
import { schema } from './schema.ts';

export interface OperationChecks {
  readonly bounds: DocumentBounds;
  /** Whether the schema may be asked for; without it, errors suggest no names either. */
  readonly introspection: boolean;
}

/** One operation counts once, and once more for each of these of its cost. */
const costOfPoint = 10_000;

/** Validation ends after so many errors. */
const maxErrors = 20;

/**
 * Refuses what bounds, schema or cost refuse, in the order of what looking at it costs, and before a resolver runs: the
 * document's tokens and shape, its validity, its variables, and with those the cost of the operation.
 */
export function checkOperations({ bounds, introspection }: OperationChecks): Plugin<Context> {
  return {
    onParse({ setParseFn }) {
      setParseFn((source) => parseDocument(typeof source === 'string' ? source : source.body, bounds));
    },

    onValidate({ params: { documentAST }, addValidationRule, setValidationFn }) {
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
      setValidationFn((checked, document, rules) =>
        validate(checked, document, rules, { maxErrors, hideSuggestions: !introspection }),
      );
      return ({ valid, result, setResult }) => {
        if (valid) return;
        setResult(result.map((error) => withPlaces(locateLiteral(documentAST, error as GraphQLError))));
      };
    },

    async onExecute({ args, setResultAndStopExecution }) {
      const { operationName, variableValues } = args;
      const document: DocumentNode = args.document;
      const operation = getOperationAST(document, operationName);
      if (!operation) return; // execution says which there are
      const inputs = variableValues ?? {};
      const errors = checkVariables(schema, document, operationName, inputs);
      if (errors.length > 0) return setResultAndStopExecution({ errors: errors.map(withPlaces) });
      const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], inputs);
      if (!coerced) return; // execution says what is wrong
      const { origins, meter, admit } = args.contextValue as Context;
      const [first] = origins.values();
      const fragments = Object.fromEntries(
        document.definitions.flatMap((one) => (one.kind === 'FragmentDefinition' ? [[one.name.value, one]] : [])),
      );
      const estimate = estimateCost(
        { schema, fragments, variables: coerced },
        operation,
        meter.limit,
        (id) => (id === null ? first : origins.get(id))?.capabilities ?? null,
      );
      if (estimate.cost > meter.limit) {
        const error = passed('COST_LIMIT', 'operation costs too much', estimate.cost, meter.limit);
        return setResultAndStopExecution({ errors: [error] });
      }
      const points = Math.floor(estimate.cost / costOfPoint);
      const refused = points > 0 ? await settle(admit(points)) : null;
      if (refused) return setResultAndStopExecution({ errors: [refused] });
      meter.begin(estimate);
    },
  };
}

/** RATE_LIMITED, as it leaves: 429 with Retry-After (RFC 6585 §4). */
async function settle(admitted: Promise<void>): Promise<GraphQLError | null> {
  try {
    await admitted;
    return null;
  } catch (error) {
    if (!isCodedError(error) || error.code !== 'RATE_LIMITED') throw error;
    const { code, message, facts = {} } = error;
    const headers = { 'retry-after': String(facts['retryAfterSeconds']) };
    return new GraphQLError(message, {
      extensions: { code, retryable: true, ...facts, http: { status: 429, headers } },
    });
  }
}
