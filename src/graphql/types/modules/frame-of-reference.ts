import { addModule } from '../../add-module.ts';
import { onImages } from '../instance-types.ts';

addModule('FrameOfReference', {
  description: 'What positions are relative to.',
  definedIn: 'Frame of Reference Module (PS3.3 §C.7.4.1)',
  on: onImages('frameOfReference'),
  fields: (t) => ({
    frameOfReferenceUID: t.attribute('FrameOfReferenceUID', {
      description: 'Images with the same one are in the same space.',
    }),
    positionReferenceIndicator: t.attribute('PositionReferenceIndicator'),
  }),
});
