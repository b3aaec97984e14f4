import { builder } from '../../builder.ts';
import { instanceTypes } from '../instance-types.ts';

builder.objectFields(instanceTypes.RTDose, (t) => ({
  doseUnits: t.attribute('DoseUnits', { description: 'GY, or RELATIVE.' }),
  doseType: t.attribute('DoseType', { description: 'PHYSICAL, EFFECTIVE or ERROR.' }),
  doseSummationType: t.attribute('DoseSummationType', { description: 'What was summed up: PLAN, BEAM, FRACTION...' }),
  doseGridScaling: t.attribute('DoseGridScaling', { description: 'Dose = pixel value times this, in doseUnits.' }),
  gridFrameOffsets: t.attribute('GridFrameOffsetVector', {
    description:
      'mm, one a frame: where it lies along the normal. From the first frame, or as coordinates (first not 0).',
  }),
}));
