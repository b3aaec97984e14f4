import {
  type ASTNode,
  BREAK,
  coerceInputValue,
  type DocumentNode,
  GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputType,
  Kind,
  typeFromAST,
  visit,
} from 'graphql';

/**
 * Values that a type of the schema refuses, as errors with the path of the argument and without the value, which
 * graphql-js would repeat in its message: it may be a patient's name.
 */
export function checkVariables(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Readonly<Record<string, unknown>>,
): readonly GraphQLError[] {
  const errors: GraphQLError[] = [];
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    if (operationName != null && definition.name?.value !== operationName) continue;
    for (const { variable, type: typeNode, defaultValue } of definition.variableDefinitions ?? []) {
      const name = variable.name.value;
      const type = typeFromAST(schema, typeNode) as GraphQLInputType | undefined;
      const isGiven = Object.hasOwn(variables, name);
      if (!type || !isInputType(type) || (!isGiven && (defaultValue || typeNode.kind !== Kind.NON_NULL_TYPE))) continue;
      try {
        coerceInputValue(variables[name], type, (path, _value, error) => {
          errors.push(badInput(`$${name}${pathText(path)}`, error, [typeNode]));
          if (errors.length >= maxErrors) throw tooMany;
        });
      } catch (error) {
        if (error !== tooMany) throw error;
        return errors;
      }
    }
  }
  return errors;
}

/** Thousands of bad values are as bad as some, and take longer. */
const maxErrors = 20;
const tooMany = new Error('Too many values are refused');

/** Errors of validation, those of literals with the path of their argument. */
export function locateLiteral(document: DocumentNode, error: GraphQLError): GraphQLError {
  const node = error.nodes?.[0];
  if (!node || !isValue(node)) return error;
  const argument = argumentOf(document, node);
  return argument === null ? error : badInput(argument, error, error.nodes ?? []);
}

/** What the schema expected, which its scalars say in their own words; never what was given instead. */
function badInput(argument: string, { message }: GraphQLError, nodes: readonly ASTNode[]): GraphQLError {
  const expected = /^Expected [^"]*$/u.test(message) ? message : 'Not a value of the type that the schema has here';
  return new GraphQLError(`${argument}: ${expected}`, {
    nodes: [...nodes],
    extensions: { code: 'BAD_USER_INPUT', retryable: false, argument, http: { status: 400, spec: true } },
  });
}

const pathText = (path: readonly (string | number)[]): string =>
  path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');

const valueKinds: ReadonlySet<string> = new Set([
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  Kind.BOOLEAN,
  Kind.NULL,
  Kind.ENUM,
  Kind.LIST,
  Kind.OBJECT,
  Kind.OBJECT_FIELD,
]);
const isValue = (node: ASTNode): boolean => valueKinds.has(node.kind);

/** `filter.studyDate.from` of a value somewhere in the document; `$first` of what a variable is where it is not given. */
function argumentOf(document: DocumentNode, wanted: ASTNode): string | null {
  let found: string | null = null;
  visit(document, {
    enter(node, _key, parent, _path, ancestors) {
      if (node !== wanted) return undefined;
      const names: string[] = [];
      const chain = [...ancestors, parent, node].flatMap((step) => (step && 'kind' in step ? [step] : []));
      for (const [index, step] of chain.entries()) {
        if (step.kind === Kind.ARGUMENT) names.splice(0, names.length, step.name.value);
        else if (step.kind === Kind.VARIABLE_DEFINITION) names.push(`$${step.variable.name.value}`);
        else if (step.kind === Kind.OBJECT_FIELD) names.push(`.${step.name.value}`);
        else if (step.kind === Kind.LIST) {
          const item = step.values.findIndex((value) => value === chain[index + 1]);
          if (item >= 0) names.push(`[${item}]`);
        }
      }
      found = names.join('');
      return BREAK;
    },
  });
  return found === '' ? null : found;
}
