import { addModule } from '../../add-module.ts';
import { FrameRef } from '../frame-ref.ts';
import { instanceTypes } from '../instance-types.ts';

addModule('PETAcquisition', {
  description: 'How a PET image was acquired and corrected.',
  definedIn: 'PET Series and Image Modules (PS3.3 §C.8.9)',
  on: [
    [instanceTypes.PETImage, 'acquisition'],
    [FrameRef, 'petAcquisition'],
  ],
  fields: (t) => ({
    units: t.attribute('Units', { description: 'Of the values after rescaling: BQML, CNTS, GML (SUV).' }),
    seriesType: t.attribute('SeriesType', {
      description: 'STATIC, DYNAMIC, GATED or WHOLE BODY; IMAGE or REPROJECTION.',
    }),
    correctedImage: t.attribute('CorrectedImage', { description: 'DECY, ATTN, SCAT, DTIM, RAN, NORM...' }),
    decayCorrection: t.attribute('DecayCorrection', { description: 'NONE, START (of acquisition) or ADMIN.' }),
    decayFactor: t.attribute('DecayFactor'),
    attenuationCorrectionMethod: t.attribute('AttenuationCorrectionMethod'),
    scatterCorrectionMethod: t.attribute('ScatterCorrectionMethod'),
    randomsCorrectionMethod: t.attribute('RandomsCorrectionMethod'),
    reconstructionMethod: t.attribute('ReconstructionMethod'),
    frameReferenceTime: t.attribute('FrameReferenceTime', { description: 'From the series’ reference time.' }),
    actualFrameDuration: t.attribute('ActualFrameDuration'),
    numberOfSlices: t.attribute('NumberOfSlices'),
  }),
});
