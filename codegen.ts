import type { CodegenConfig } from '@graphql-codegen/cli';

/** Typed operations from schema/operations, for the tests: a field that the schema loses no longer compiles. */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  documents: ['schema/operations/*.graphql'],
  generates: {
    'test/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        scalars: {
          UID: 'string',
          Date: 'string',
          LocalTime: 'string',
          DicomDateTime: 'string',
          DateTime: 'string',
          URL: 'string',
          Tag: 'string',
          Count: 'number',
        },
      },
    },
  },
  importExtension: '.ts',
  emitLegacyCommonJSImports: false,
};

export default config;
