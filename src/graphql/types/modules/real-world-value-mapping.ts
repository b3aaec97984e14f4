import { builder } from '../../builder.ts';
import type { ItemNode } from '../../item-node.ts';

export const RealWorldValueMapping = builder.objectRef<ItemNode>('RealWorldValueMapping').implement({
  description: 'From stored values to a quantity: slope × stored + intercept, in units (PS3.3 §C.7.6.16.2.11).',
  fields: (t) => ({
    lutLabel: t.attribute('LUTLabel'),
    lutExplanation: t.attribute('LUTExplanation'),
    realWorldValueSlope: t.attribute('RealWorldValueSlope'),
    realWorldValueIntercept: t.attribute('RealWorldValueIntercept'),
    realWorldValueFirstValueMapped: t.attribute('RealWorldValueFirstValueMapped', { description: 'A stored value.' }),
    realWorldValueLastValueMapped: t.attribute('RealWorldValueLastValueMapped', { description: 'A stored value.' }),
    measurementUnits: t.concept('MeasurementUnitsCodeSequence'),
  }),
});
