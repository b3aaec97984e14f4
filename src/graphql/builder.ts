import SchemaBuilder from '@pothos/core';
import type { Uid } from '../dicom/uid.ts';
import type { Context } from './context.ts';
import { scopePlugin } from './scope-plugin.ts';

interface Text<Input = string> {
  Input: Input;
  Output: string;
}

export interface SchemaTypes {
  Context: Context;
  Scalars: {
    ID: { Input: string; Output: string };
    UID: Text<Uid>;
    Date: Text;
    LocalTime: Text;
    DicomDateTime: Text;
    DateTime: { Input: string; Output: Date };
    URL: Text;
    Tag: Text;
    Count: { Input: number; Output: number };
  };
}

/** Every type of the schema adds itself here; schema.ts imports them all and makes the schema. */
export const builder = new SchemaBuilder<SchemaTypes>({ plugins: [scopePlugin] });
