import { addModule } from '../../add-module.ts';
import { FrameRef } from '../frame-ref.ts';
import { onImages } from '../instance-types.ts';
import { LookupTable } from './lookup-table.ts';

addModule('ModalityLut', {
  description: 'From stored values to those of the modality: slope × stored + intercept, or a LUT.',
  definedIn: 'Modality LUT Module (PS3.3 §C.11.1)',
  on: [...onImages('modalityLut'), [FrameRef, 'modalityLut']],
  fields: (t) => ({
    rescaleSlope: t.attribute('RescaleSlope'),
    rescaleIntercept: t.attribute('RescaleIntercept'),
    rescaleType: t.attribute('RescaleType', { description: 'HU, OD, US (unspecified). Null in a CT image: HU.' }),
    luts: t.items('ModalityLUTSequence', LookupTable),
  }),
});
