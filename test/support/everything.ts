import {
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';

/** What required arguments are given, by their names. */
const given: Readonly<Record<string, string>> = {
  path: '"StudyDate"',
  paths:
    '["PatientName", "SOPInstanceUID", "FrameOfReferenceUID", "ContentDate", "SeriesDescription", "RequestAttributesSequence", "ReferencedImageSequence", "00091001"]',
  number: '1',
  numbers: '[1]',
  interval: 'YEAR',
};

type Composite = GraphQLObjectType | GraphQLInterfaceType;

/**
 * A selection of every field of a type and of what is below it, down to a depth; of interfaces also of every type that has
 * them. Fields that go up again, and back to what was gone through, are left out.
 *
 * @param without - Names of fields that are not selected.
 */
export function selectEverything(
  schema: GraphQLSchema,
  type: Composite,
  without: ReadonlySet<string>,
  depth = 12,
  above: readonly string[] = [],
): string {
  const path = [...above, type.name];
  const own = Object.values(type.getFields()).flatMap((field) => select(schema, field, without, depth, path));
  const others = isInterfaceType(type)
    ? schema.getPossibleTypes(type).flatMap((possible) => {
        const known = new Set(Object.keys(type.getFields()));
        const more = Object.values(possible.getFields()).filter(({ name }) => !known.has(name));
        const fields = more.flatMap((field) => select(schema, field, without, depth, [...path, possible.name]));
        // The same field is of another type in each: they are told apart by an alias.
        const named = fields.map((text) => text.replace(/^(\w+)/, (name) => `${possible.name}_${name}: ${name}`));
        return fields.length === 0 ? [] : [`... on ${possible.name} { ${named.join(' ')} }`];
      })
    : [];
  return ['__typename', ...own, ...others].join(' ');
}

function select(
  schema: GraphQLSchema,
  field: GraphQLField<unknown, unknown>,
  without: ReadonlySet<string>,
  depth: number,
  above: readonly string[],
): readonly string[] {
  const type = getNamedType(field.type);
  if (without.has(field.name) || depth === 0 || above.includes(type.name) || isUnionType(type)) return [];
  const required = field.args.filter(isRequiredArgument);
  const values = required.map(({ name }) => `${name}: ${given[name] ?? '?'}`);
  const call = values.length === 0 ? field.name : `${field.name}(${values.join(', ')})`;
  if (isLeafType(type)) return [call];
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return [`${call} { ${selectEverything(schema, type, without, depth - 1, above)} }`];
}
