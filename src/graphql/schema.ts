import { type GraphQLSchema, printSchema } from 'graphql';
import './attribute-field.ts';
import { observeNodes } from './audit/observe-nodes.ts';
import { builder } from './builder.ts';
import { meterLists } from './cost/cost-meter.ts';
import { withholdPatientData } from './patient-data/withhold-patient-data.ts';
import './scalars.ts';
import './sequence-field.ts';
import './types/attribute.ts';
import './types/dictionary.ts';
import './types/coded-concept.ts';
import './types/instance.ts';
import './types/instance-types.ts';
import './types/all-modules.ts';
import './types/all-objects.ts';
import './types/node-queries.ts';
import './types/patient.ts';
import './types/referenced-instance.ts';
import './types/revoke-links.ts';
import './types/series.ts';
import './types/study-statistics.ts';
import './types/study.ts';
import './types/transfer-syntax.ts';
import './types/uploads.ts';
import './types/viewer.ts';

builder.queryType({
  description: 'Every question that an imaging archive is asked: in one request, typed, with pixels as signed URLs.',
});

builder.mutationType({
  description: 'What changes something: at an archive, or of the links that were given.',
});

/** Made once: the same for every process and configuration. */
export const schema: GraphQLSchema = withholdPatientData(observeNodes(meterLists(builder.toSchema())));

/** The schema as SDL, sorted: what schema/schema.graphql holds. */
export const printSchemaSdl = (): string => `${printSchema(schema)}\n`;
