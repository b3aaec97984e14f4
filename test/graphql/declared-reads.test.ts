import {
  type DocumentNode,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  getArgumentValues,
  getNamedType,
  isLeafType,
  isObjectType,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { entryOfTag, tagOf } from '../../src/dicom/dictionary.ts';
import { sopClassTable } from '../../src/dicom/sop-class-table.ts';
import type { Tag } from '../../src/dicom/tag.ts';
import { schema } from '../../src/graphql/schema.ts';
import type { FieldDeclaration } from '../../src/planner/declaration.ts';
import { InstanceNode, SeriesNode, StudyNode } from '../../src/planner/nodes.ts';
import { dicomFile, tinyImage } from '../support/archive.ts';
import { numberedFiles, startGraphql, type TestGraphql } from '../support/graphql.ts';

type Path = readonly [before: string, after: string];

/** An instance of each concrete type, by one of its SOP Classes. */
const sopClassOfType = new Map(
  sopClassTable.map(([suffix, , type]) => [type as string, `1.2.840.10008.5.1.4.${suffix}`]).reverse() as [
    string,
    string,
  ][],
);

/** Types of modules and the like: what stands on a series or an instance and reads from the same object. */
function modulesOf(parent: string, [before, after]: Path): [string, Path][] {
  const type = schema.getType(parent) as GraphQLObjectType;
  return Object.values(type.getFields()).flatMap((field): [string, Path][] => {
    const below = getNamedType(field.type);
    const { enters } = (field.extensions['dicom'] ?? {}) as FieldDeclaration;
    if (!isObjectType(below) || enters !== undefined || field.args.length > 0 || isFound(below)) return [];
    return [[below.name, [`${before} ${field.name} {`, `} ${after}`]]];
  });
}

/** Objects in their own right, and objects that hold values read before. */
const isFound = (type: GraphQLObjectType): boolean =>
  type.name === 'SOPClass' || type.getInterfaces().some(({ name }) => name === 'Node');

const ofInstance = (type: string): Path => [
  `searchInstances(filter: { sopClassUIDs: ["${sopClassOfType.get(type)}"] }, first: 1) { nodes { ... on ${type} {`,
  '} } }',
];

/** How to reach one object of each type whose fields read attributes. */
const paths: Readonly<Record<string, Path>> = {
  ...Object.fromEntries([...sopClassOfType.keys()].flatMap((type) => modulesOf(type, ofInstance(type)))),
  ...Object.fromEntries(modulesOf('Series', ['searchSeries(first: 1) { nodes {', '} }'])),
  ...Object.fromEntries([...sopClassOfType.keys()].map((type) => [type, ofInstance(type)])),
  Frame: [`${ofInstance('CTImage')[0]} multiFrame { frames {`, `} } ${ofInstance('CTImage')[1]}`],
  Study: ['searchStudies(first: 1) { nodes {', '} }'],
  Patient: ['searchStudies(first: 1) { nodes { patient {', '} } }'],
  StudyRetrieve: ['searchStudies(first: 1) { nodes { retrieve {', '} } }'],
  Series: ['searchSeries(first: 1) { nodes {', '} }'],
  SeriesRetrieve: ['searchSeries(first: 1) { nodes { retrieve {', '} } }'],
  Instance: ['searchInstances(first: 1) { nodes {', '} }'],
  InstanceRetrieve: ['searchInstances(first: 1) { nodes { retrieve {', '} } }'],
  FrameRetrieve: ['searchInstances(first: 1) { nodes { retrieve { frame(number: 1) {', '} } } }'],
};

const args: Readonly<Record<string, string>> = {
  'Study.attribute': '(path: "AccessionNumber")',
  'Study.attributes': '(paths: ["StudyID", "PatientWeight"])',
  'Patient.attribute': '(path: "PatientAge")',
  'Patient.attributes': '(paths: ["EthnicGroup"])',
  'Series.attribute': '(path: "StationName")',
  'Series.attributes': '(paths: ["OperatorsName"])',
  'Instance.attribute': '(path: "SliceLocation")',
  'Instance.attributes': '(paths: ["KVP", "00180050"])',
  'InstanceRetrieve.frame': '(number: 1)',
  'InstanceRetrieve.frames': '(numbers: [1])',
};

/** Fields of an interface take the same arguments on every type. */
const argsOf = (typeName: string, field: string): string =>
  args[`${typeName}.${field}`] ?? (isInterfaceField(typeName, field) ? (args[`Instance.${field}`] ?? '') : '');
const isInterfaceField = (typeName: string, field: string): boolean =>
  sopClassOfType.has(typeName) || (typeName === 'Frame' && field.startsWith('attribute'));

/** Read to find an object, to put it in its place and to know its type: never declared, always asked for. */
const structural = new Set(
  ['StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID', 'SeriesNumber', 'InstanceNumber', 'SOPClassUID'].map(
    tagOf,
  ),
);

const queries = Object.entries(paths).flatMap(([typeName, [before, after]]) => {
  const type = schema.getType(typeName) as GraphQLObjectType | GraphQLInterfaceType;
  return Object.values(type.getFields()).map((field) => {
    const name = `${typeName}.${field.name}`;
    return [name, `{ ${before} ${field.name}${argsOf(typeName, field.name)} ${selectionOf(field)} ${after} }`] as const;
  });
});

/** Enough of a selection to make the field resolve, and nothing that reads for itself. */
function selectionOf(field: GraphQLField<unknown, unknown>): string {
  const below = getNamedType(field.type);
  return isLeafType(below) ? '' : '{ __typename }';
}

function declaredIn(document: DocumentNode): Set<Tag> {
  const declared = new Set<Tag>();
  const typeInfo = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field(node) {
        const field = typeInfo.getFieldDef();
        const { reads = [] } = (field?.extensions['dicom'] ?? {}) as FieldDeclaration;
        const tags = typeof reads === 'function' && field ? reads(getArgumentValues(field, node)) : reads;
        for (const tag of tags as readonly Tag[]) declared.add(tag);
      },
    }),
  );
  return declared;
}

const instancesOfEachType = (): Buffer[] =>
  [...sopClassOfType.values()].map((sopClassUID, index) =>
    dicomFile({
      ...tinyImage,
      SOPClassUID: sopClassUID,
      StudyInstanceUID: '1.9',
      SeriesInstanceUID: `1.9.${index}`,
      SOPInstanceUID: `1.9.${index}.1`,
    }),
  );

let graphql: TestGraphql;
const read = new Set<Tag>();
beforeAll(async () => {
  graphql = await startGraphql({ archive: { files: [...numberedFiles(1, 1, 2), ...instancesOfEachType()] } });
  for (const { prototype } of [StudyNode, SeriesNode, InstanceNode]) {
    const original = prototype.read;
    vi.spyOn(prototype, 'read').mockImplementation(function (this: StudyNode & SeriesNode & InstanceNode, tag) {
      read.add(tag);
      return original.call(this, tag);
    });
  }
});
afterAll(async () => {
  vi.restoreAllMocks();
  await graphql[Symbol.asyncDispose]();
});

describe('a field reads no attribute that it does not declare', () => {
  test.each(queries)('%s', async (_name, query) => {
    read.clear();
    const { errors } = await graphql.query(query);
    expect(errors).toBeUndefined();
    const declared = declaredIn(parse(query));
    const undeclared = [...read].filter((tag) => !declared.has(tag) && !structural.has(tag));
    expect(undeclared.map((tag) => entryOfTag(tag)?.keyword ?? tag)).toEqual([]);
  });
});

test('the list of fields is that of the schema, and it is a long one', () => {
  expect(queries.length).toBeGreaterThan(60);
});
