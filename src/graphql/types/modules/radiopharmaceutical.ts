import { builder } from '../../builder.ts';
import type { ItemNode } from '../../item-node.ts';
import { instanceTypes } from '../instance-types.ts';

const Radiopharmaceutical = builder.objectRef<ItemNode>('Radiopharmaceutical').implement({
  description: 'What was given to the patient: Isotope Modules (PS3.3 §C.8.9.2, §C.8.4.10).',
  fields: (t) => ({
    radiopharmaceutical: t.attribute('Radiopharmaceutical', { description: 'Its name.' }),
    radiopharmaceuticalCode: t.concept('RadiopharmaceuticalCodeSequence'),
    radionuclideCode: t.concept('RadionuclideCodeSequence'),
    radionuclideTotalDose: t.attribute('RadionuclideTotalDose', { description: 'At the start time.' }),
    radionuclideHalfLife: t.attribute('RadionuclideHalfLife'),
    radionuclidePositronFraction: t.attribute('RadionuclidePositronFraction', { description: '0 to 1.' }),
    radiopharmaceuticalStartTime: t.attribute('RadiopharmaceuticalStartTime'),
    radiopharmaceuticalStartDateTime: t.attribute('RadiopharmaceuticalStartDateTime'),
    radiopharmaceuticalRoute: t.attribute('RadiopharmaceuticalRoute'),
    administrationRouteCode: t.concept('AdministrationRouteCodeSequence'),
  }),
});

for (const type of [instanceTypes.PETImage, instanceTypes.NuclearImage]) {
  builder.objectFields(type, (t) => ({
    radiopharmaceuticals: t.items('RadiopharmaceuticalInformationSequence', Radiopharmaceutical),
  }));
}
