import {
  type ArgumentNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getOperationAST,
  isInputObjectType,
  Kind,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import type { AuditedQuestion } from '../../audit/operation-audit.ts';
import { formatAttributePath, parseMatchPath } from '../../dicom/attribute-path.ts';
import { entryOfTag } from '../../dicom/dictionary.ts';

/** Fields of the root that tell of no study. */
const ofNoStudy: ReadonlySet<string> = new Set(['__typename', '__schema', '__type', 'viewer', 'origins', 'dictionary']);

/** What is longer is cut off. */
const maxLength = 2_000;

/**
 * What an operation asks, in words of the schema and of the dictionary alone: its fields at the root, and by what they and
 * those below them search. No alias, no name that the caller gave, and no value but the keyword of an attribute.
 *
 * `searchStudies(filter.patientName.contains, filter.attributes[PatientSex].match.text.equals, first)`
 */
export function createOperationDescriber(
  schema: GraphQLSchema,
): (document: DocumentNode, operationName: string | null | undefined, variables: unknown) => AuditedQuestion {
  const words = new Set(
    Object.values(schema.getTypeMap()).flatMap((type) =>
      isInputObjectType(type) ? Object.keys(type.getFields()) : [],
    ),
  );

  return (document, operationName, variables) => {
    const operation = getOperationAST(document, operationName);
    if (operation === null || operation === undefined) return { type: null, query: '' };
    const fragments = new Map(
      document.definitions.flatMap((definition): [string, FragmentDefinitionNode][] =>
        definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
      ),
    );
    const given = Object(variables) as Readonly<Record<string, unknown>>;
    const described: string[] = [];
    const entered = new Set<string>();
    let length = 0;

    function visit({ selections }: SelectionSetNode, isRoot: boolean): void {
      for (const selection of selections) {
        if (length > maxLength) return;
        if (selection.kind === Kind.FIELD) {
          const name = selection.name.value;
          if (isRoot && ofNoStudy.has(name)) continue;
          const asked = (selection.arguments ?? []).flatMap((argument) => describeArgument(argument));
          const searches = isRoot ? asked : asked.filter((path) => path.includes('.'));
          if (isRoot || searches.length > 0) add(searches.length === 0 ? name : `${name}(${searches.join(', ')})`);
          if (selection.selectionSet) visit(selection.selectionSet, false);
        } else if (selection.kind === Kind.INLINE_FRAGMENT) {
          visit(selection.selectionSet, isRoot);
        } else {
          const fragment = fragments.get(selection.name.value);
          if (fragment === undefined || entered.has(selection.name.value)) continue;
          entered.add(selection.name.value);
          visit(fragment.selectionSet, isRoot);
        }
      }
    }

    function add(text: string): void {
      described.push(text);
      length += text.length;
    }

    const describeArgument = ({ name, value }: ArgumentNode): readonly string[] =>
      pathsIn(toPlain(value, given)).map((path) => (path === '' ? name.value : `${name.value}${path}`));

    /** The keys of an input object, down to its values, which are left out. */
    function pathsIn(value: unknown): readonly string[] {
      if (value === null || value === undefined) return [];
      if (Array.isArray(value)) return unique(value.slice(0, 100).flatMap(pathsIn));
      if (typeof value !== 'object') return [''];
      const { path } = value as { path?: unknown };
      const attribute = typeof path === 'string' ? `[${keywordOf(path)}]` : '';
      const keys = Object.entries(value).filter(([key]) => words.has(key) && key !== 'path');
      if (keys.length === 0) return [attribute];
      return keys.flatMap(([key, inner]) => pathsIn(inner).map((below) => `${attribute}.${key}${below}`));
    }

    visit(operation.selectionSet, true);
    const { operation: type } = operation;
    return { type: type === 'subscription' ? null : type, query: described.join(', ').slice(0, maxLength) };
  };
}

/** Only what the dictionary knows: a private creator is a text that the caller wrote. */
function keywordOf(path: string): string {
  try {
    const steps = parseMatchPath(path);
    return steps.every(({ tag }) => entryOfTag(tag)) ? formatAttributePath(steps) : 'not in the dictionary';
  } catch {
    return 'not an attribute';
  }
}

const unique = (paths: readonly string[]): readonly string[] => [...new Set(paths)];

/** A literal as its keys, with what its variables hold. */
function toPlain(value: ValueNode, variables: Readonly<Record<string, unknown>>): unknown {
  if (value.kind === Kind.VARIABLE) return variables[value.name.value];
  if (value.kind === Kind.LIST) return value.values.map((one) => toPlain(one, variables));
  if (value.kind === Kind.OBJECT) {
    return Object.fromEntries(value.fields.map(({ name, value: inner }) => [name.value, toPlain(inner, variables)]));
  }
  if (value.kind === Kind.NULL) return null;
  return value.kind === Kind.STRING ? value.value : 0;
}
