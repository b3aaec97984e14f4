import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql';
import type { Tag } from '../dicom/tag.ts';
import type { Level } from '../origin/search.ts';
import type { FieldDeclaration } from './declaration.ts';

/**
 * What one selection asks of objects of one level: the attributes to read, of them and of what stands above them, and the
 * lists below them. Aliases and fragments are merged: an object is read once, however often a query names it.
 */
export interface Need {
  readonly level: Level;
  /** By level: the attributes that the selection reads there. Levels below `level` are empty. */
  readonly tags: Readonly<Record<Level, ReadonlySet<Tag>>>;
  readonly series: Need | null;
  readonly instances: Need | null;
}

interface NeedDraft {
  level: Level;
  tags: Record<Level, Set<Tag>>;
  series: NeedDraft | null;
  instances: NeedDraft | null;
}

const createDraft = (level: Level): NeedDraft => ({
  level,
  tags: { study: new Set(), series: new Set(), instance: new Set() },
  series: null,
  instances: null,
});

/** A need of nothing but the keys: for objects met outside of a planned list. */
export const emptyNeed = (level: Level): Need => createDraft(level);

/** The attributes that a row of a level can carry for a need: of its own level and of those above it. */
export const readsOf = ({ tags }: Need, level: Level): ReadonlySet<Tag> =>
  level === 'study'
    ? tags.study
    : new Set([...tags.study, ...tags.series, ...(level === 'instance' ? tags.instance : [])]);

/** Where a field stands in an operation. */
export type SelectionInfo = Pick<
  GraphQLResolveInfo,
  'schema' | 'fragments' | 'variableValues' | 'parentType' | 'fieldName' | 'fieldNodes' | 'returnType'
>;

interface Reading {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Reads the selection below a field once, with fragments, aliases, `@include` and `@skip`.
 *
 * Fragments on any type count: which of them an object is shows only when its row is there. A deferred fragment counts
 * too: its attributes come with the same request.
 *
 * @param level - The level of the objects that the field returns, itself or in a connection.
 */
export function readNeed(info: SelectionInfo, level: Level): Need {
  const reading: Reading = { schema: info.schema, fragments: info.fragments, variables: info.variableValues };
  const draft = createDraft(level);
  const field = info.parentType.getFields()[info.fieldName];
  const { matches } = (field?.extensions['dicom'] ?? {}) as FieldDeclaration;
  for (const node of info.fieldNodes) {
    const matched = field && matches ? matches(getArgumentValues(field, node, info.variableValues)) : [];
    for (const tag of matched) draft.tags[level].add(tag);
    readSelection(reading, node.selectionSet, getNamedType(info.returnType).name, draft, level);
  }
  return draft;
}

/** Object types by the level of their attributes; every other type with attributes stands for instances. */
const levelOfType: Readonly<Record<string, Level>> = { Study: 'study', Patient: 'study', Series: 'series' };

/** A fragment on another level's type, as in `node(id:) { ... on Study {} ... on Series {} }`, reads nothing here. */
function speaksOf(reading: Reading, condition: string, at: Level): boolean {
  const type = reading.schema.getType(condition);
  if (!isObjectType(type) && !isInterfaceType(type)) return true;
  return !type.getInterfaces().some(({ name }) => name === 'Node')
    ? true
    : (levelOfType[condition] ?? 'instance') === at;
}

/** `at` is the level whose attributes the fields read: that of the draft, or one above it. */
function readSelection(
  reading: Reading,
  selectionSet: SelectionSetNode | undefined,
  typeName: string,
  draft: NeedDraft,
  at: Level,
): void {
  for (const selection of selectionSet?.selections ?? []) {
    if (isLeftOut(reading, selection)) continue;
    if (selection.kind === 'Field') {
      readField(reading, selection, typeName, draft, at);
      continue;
    }
    const fragment = selection.kind === 'InlineFragment' ? selection : reading.fragments[selection.name.value];
    const condition = fragment?.typeCondition?.name.value ?? typeName;
    if (fragment && speaksOf(reading, condition, at)) {
      readSelection(reading, fragment.selectionSet, condition, draft, at);
    }
  }
}

function readField(reading: Reading, node: FieldNode, typeName: string, draft: NeedDraft, at: Level): void {
  const type = reading.schema.getType(typeName);
  if (!isObjectType(type) && !isInterfaceType(type)) return;
  const field = (type as GraphQLObjectType).getFields()[node.name.value];
  if (!field) return;
  const declaration = (field.extensions['dicom'] ?? {}) as FieldDeclaration;
  const argumentsOf = (): Readonly<Record<string, unknown>> => getArgumentValues(field, node, reading.variables);
  const { reads = [] } = declaration;
  for (const tag of typeof reads === 'function' ? reads(argumentsOf()) : reads) draft.tags[at].add(tag);

  const below = getNamedType(field.type);
  const { enters } = declaration;
  if (!isCompositeType(below) || enters === 'search' || enters === 'inside') return;
  if (enters === undefined) {
    readSelection(reading, node.selectionSet, below.name, draft, at);
  } else if (enters === 'study' || enters === 'series') {
    readSelection(reading, node.selectionSet, below.name, draft, enters);
  } else if (at === draft.level) {
    // A list below an object that was reached by going up is rare; its own field reads its need.
    const key = enters === 'seriesList' ? 'series' : 'instances';
    const child = draft[key] ?? createDraft(enters === 'seriesList' ? 'series' : 'instance');
    draft[key] = child;
    for (const tag of declaration.matches?.(argumentsOf()) ?? []) child.tags[child.level].add(tag);
    readSelection(reading, node.selectionSet, below.name, child, child.level);
  }
}

function isLeftOut(reading: Reading, node: SelectionSetNode['selections'][number]): boolean {
  const variables = reading.variables;
  if (getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] === true) return true;
  return getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] === false;
}
