import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { printSchemaSdl, schema } from '../../src/graphql/schema.ts';

const contract = buildSchema(readFileSync(join(import.meta.dirname, 'core-contract.graphql'), 'utf8'));

/** What clients rely on, as lines: each of them must be there, letter by letter. */
function linesOf(type: GraphQLNamedType): string[] {
  const { name } = type;
  if (isScalarType(type)) return isSpecifiedScalarType(type) ? [] : [`scalar ${name}`];
  if (isEnumType(type)) return type.getValues().map((value) => `enum ${name} ${value.name}`);
  if (isInputObjectType(type)) {
    return [
      `input ${name} ${type.isOneOf ? '@oneOf' : ''}`,
      ...Object.values(type.getFields()).map((f) => `input ${name}.${inputLine(f)}`),
    ];
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [`other ${name}`];
  return [
    ...type.getInterfaces().map((implemented) => `${name} implements ${implemented.name}`),
    ...Object.values(type.getFields()).flatMap((field) => [
      `${name}.${field.name}: ${field.type}`,
      ...field.args.map((arg) => `${name}.${field.name}(${inputLine(arg)})`),
    ]),
  ];
}

const inputLine = ({ name, type, defaultValue }: GraphQLArgument | GraphQLInputField): string =>
  `${name}: ${type}${defaultValue === undefined ? '' : ` = ${JSON.stringify(defaultValue)}`}`;

const allLines = (of: typeof schema): string[] =>
  Object.values(of.getTypeMap())
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap(linesOf);

describe('the schema', () => {
  test('has every name, argument, default and nullability of the contract that clients rely on', () => {
    const there = new Set(allLines(schema));
    expect(allLines(contract).filter((line) => !there.has(line))).toEqual([]);
  });

  test('has the concrete instance types of the contract', () => {
    const description = contract.getType('Instance')?.description ?? '';
    const names = /Concrete types follow the SOP Class: ([^.]*)\./u.exec(description)?.[1]?.split(', ') ?? [];
    expect(names.length).toBeGreaterThan(10);
    const instance = schema.getType('Instance');
    const types = isInterfaceType(instance) ? schema.getPossibleTypes(instance).map(({ name }) => name) : [];
    expect(types.sort()).toEqual(names.sort());
  });

  test('stands in schema/schema.graphql as it is printed (npm run schema)', () => {
    const file = readFileSync(join(import.meta.dirname, '../../schema/schema.graphql'), 'utf8');
    expect(printSchemaSdl()).toBe(file);
  });

  test('describes every type, field, argument and value', () => {
    const bare = Object.values(schema.getTypeMap())
      .filter((type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type))
      .flatMap((type) => [
        ...(type.description ? [] : [type.name]),
        ...(isEnumType(type)
          ? type
              .getValues()
              .filter((v) => !v.description)
              .map((v) => `${type.name}.${v.name}`)
          : []),
        ...(isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)
          ? Object.values(type.getFields())
              .filter((f) => !f.description)
              .map((f) => `${type.name}.${f.name}`)
          : []),
        ...(isObjectType(type)
          ? Object.values(type.getFields()).flatMap((f) =>
              f.args.filter((a) => !a.description).map((a) => `${type.name}.${f.name}(${a.name})`),
            )
          : []),
      ]);
    expect(bare).toEqual([]);
  });
});
