import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import './example-module.ts';
import type { GraphQLObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { numberedFiles, startGraphql } from '../support/graphql.ts';

const fieldsOf = (type: string) => (schema.getType(type) as GraphQLObjectType).getFields();

test('the example of the documentation is the one that is tested here', () => {
  const read = (path: string): string => readFileSync(join(import.meta.dirname, path), 'utf8');
  const [, code] = /```ts\n([\s\S]*?)```/.exec(read('../../docs/extending-the-schema.md')) ?? [];
  expect(code).toBe(read('example-module.ts'));
});

test('a field is one line: type, list, name, tag and unit follow from its keyword', () => {
  const field = fieldsOf('Study')['admittingDiagnosesDescription'];
  expect(String(field?.type)).toBe('[String!]');
  expect(field?.description).toBe('Admitting Diagnoses Description (0008,1080).');
  const { contrastBolusVolume, contrastFlowRate, contrastBolusStartTime, contrastBolusAgentCodes } =
    fieldsOf('ContrastBolus');
  expect(String(contrastBolusVolume?.type)).toBe('Float');
  expect(contrastBolusVolume?.description).toBe('Contrast/Bolus Volume (0018,1041), ml.');
  expect(String(contrastFlowRate?.type)).toBe('[Float!]');
  expect(contrastFlowRate?.description).toBe(
    'Contrast Flow Rate (0018,1046), ml/s. One for each phase of the injection.',
  );
  expect(String(contrastBolusStartTime?.type)).toBe('LocalTime');
  expect(String(contrastBolusAgentCodes?.type)).toBe('[CodedConcept!]');
});

test('a module is one file: its fields come with the rows of their instances, on every parent', async () => {
  await using graphql = await startGraphql({
    archive: {
      files: numberedFiles(1, 1, 2, {
        AdmittingDiagnosesDescription: ['Cough', 'Fever'],
        ContrastBolusAgent: 'Iopamidol',
        ContrastFlowRate: ['2.5', '3'],
      }),
    },
  });
  const { data, errors } = await graphql.query(`{ searchInstances { nodes {
    study { admittingDiagnosesDescription }
    ... on CTImage { contrastBolus { contrastBolusAgent contrastFlowRate contrastBolusVolume } } } } }`);
  expect(errors).toBeUndefined();
  expect(data.searchInstances.nodes[1]).toEqual({
    study: { admittingDiagnosesDescription: ['Cough', 'Fever'] },
    contrastBolus: { contrastBolusAgent: 'Iopamidol', contrastFlowRate: [2.5, 3], contrastBolusVolume: null },
  });
  expect(graphql.requests).toEqual(['GET /instances includefield limit']);
  expect(fieldsOf('MRImage')['contrastBolus']).toBeDefined();
});
