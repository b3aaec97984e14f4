import { builder } from '../../builder.ts';
import type { ItemNode } from '../../item-node.ts';
import { SeriesRef } from '../series-connection.ts';

const RequestAttributes = builder.objectRef<ItemNode>('RequestAttributes').implement({
  description: 'What a series was made for: Request Attributes Macro (PS3.3 §10.6).',
  fields: (t) => ({
    accessionNumber: t.attribute('AccessionNumber', { description: 'Where the requests of a study have several.' }),
    requestedProcedureID: t.attribute('RequestedProcedureID'),
    requestedProcedureDescription: t.attribute('RequestedProcedureDescription'),
    requestedProcedureCode: t.concept('RequestedProcedureCodeSequence'),
    reasonForTheRequestedProcedure: t.attribute('ReasonForTheRequestedProcedure'),
    scheduledProcedureStepID: t.attribute('ScheduledProcedureStepID'),
    scheduledProcedureStepDescription: t.attribute('ScheduledProcedureStepDescription'),
    scheduledProtocolCodes: t.concepts('ScheduledProtocolCodeSequence'),
  }),
});

builder.objectFields(SeriesRef, (t) => ({
  requestAttributes: t.items('RequestAttributesSequence', RequestAttributes),
}));
