import {
  type DocumentNode,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  getArgumentValues,
  getNamedType,
  isLeafType,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { entryOfTag, tagOf } from '../../src/dicom/dictionary.ts';
import type { Tag } from '../../src/dicom/tag.ts';
import { schema } from '../../src/graphql/schema.ts';
import type { FieldDeclaration } from '../../src/planner/declaration.ts';
import { InstanceNode, SeriesNode, StudyNode } from '../../src/planner/nodes.ts';
import { numberedFiles, startGraphql, type TestGraphql } from '../support/graphql.ts';

/** How to reach one object of each type whose fields read attributes. */
const paths: Readonly<Record<string, readonly [before: string, after: string]>> = {
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
    return [name, `{ ${before} ${field.name}${args[name] ?? ''} ${selectionOf(field)} ${after} }`] as const;
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

let graphql: TestGraphql;
const read = new Set<Tag>();
beforeAll(async () => {
  graphql = await startGraphql({ archive: { files: numberedFiles(1, 1, 2) } });
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
