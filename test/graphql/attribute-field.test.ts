import SchemaBuilder from '@pothos/core';
import type { GraphQLObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';

const field = (path: string) => {
  const [type = '', name = ''] = path.split('.');
  return (schema.getType(type) as GraphQLObjectType).getFields()[name];
};

describe('the type of a field of one attribute', () => {
  test.each([
    ['ImagePixel.pixelPaddingValue', 'Int', 'US or SS'],
    ['ImagePlane.imagePositionPatient', '[Float!]', 'DS, 3 values'],
    ['CTAcquisition.exposureTime', 'Float', 'IS, or the FD that enhanced images have instead'],
    ['Frame.dimensionIndexValues', '[Float!]', 'UL, which an Int does not hold'],
    ['Frame.referencedSegmentNumber', 'Int', 'US of 1 to n values, of which PS3.3 allows one'],
    ['Frame.frameAcquisitionDateTime', 'DicomDateTime', 'DT'],
    ['Dimension.dimensionIndexPointer', 'Tag', 'AT'],
    ['FrameOfReference.frameOfReferenceUID', 'UID', 'UI'],
    ['GeneralImage.anatomicRegion', 'CodedConcept', 'a code sequence of one item'],
    ['RequestAttributes.scheduledProtocolCodes', '[CodedConcept!]', 'a code sequence of several'],
  ])('%s is %s: %s', (path, type) => {
    expect(String(field(path)?.type)).toBe(type);
  });

  test('has a description with name, tag and unit', () => {
    expect(field('ImagePlane.sliceThickness')?.description).toBe('Slice Thickness (0018,0050), mm. Nominal.');
    expect(field('CTAcquisition.kvp')?.description).toBe('KVP (0018,0060), kV.');
  });
});

describe('a field that cannot be is refused when the schema is made', () => {
  const schemaOf = (keyword: string) => () => {
    const builder = new SchemaBuilder({});
    builder.queryType({ fields: (t) => ({ value: t.attribute(keyword) as ReturnType<typeof t.string> }) });
    return builder.toSchema();
  };

  test.each([
    ['ReferencedSeriesSequence', /ReferencedSeriesSequence \(SQ\) has no scalar/],
    ['PixelData', /PixelData \(OB or OW\) has no scalar/],
    ['LUTData', /has no scalar/],
    ['SliceThicknes', /SliceThicknes is no keyword of PS3.6/],
  ])('%s', (keyword, message) => {
    expect(schemaOf(keyword)).toThrow(message);
  });

  test('a retired attribute says so', () => {
    const fields = schemaOf('OtherPatientIDs')().getQueryType()?.getFields();
    expect(fields?.['value']?.description).toBe('Other Patient IDs (0010,1000). Retired.');
  });
});
