import { addModule } from '../../src/graphql/add-module.ts';
import { builder } from '../../src/graphql/builder.ts';
import { instanceTypes } from '../../src/graphql/types/instance-types.ts';
import { StudyRef } from '../../src/graphql/types/study-connection.ts';

builder.objectFields(StudyRef, (t) => ({
  admittingDiagnosesDescription: t.attribute('AdmittingDiagnosesDescription'),
}));

addModule('ContrastBolus', {
  description: 'What was injected.',
  definedIn: 'Contrast/Bolus Module (PS3.3 §C.7.6.4)',
  on: [
    [instanceTypes.CTImage, 'contrastBolus'],
    [instanceTypes.MRImage, 'contrastBolus'],
  ],
  fields: (t) => ({
    contrastBolusAgent: t.attribute('ContrastBolusAgent'),
    contrastBolusAgentCodes: t.concepts('ContrastBolusAgentSequence'),
    contrastBolusVolume: t.attribute('ContrastBolusVolume'),
    contrastFlowRate: t.attribute('ContrastFlowRate', { description: 'One for each phase of the injection.' }),
    contrastBolusStartTime: t.attribute('ContrastBolusStartTime'),
  }),
});
