import { addModule } from '../../add-module.ts';
import { FrameRef } from '../frame-ref.ts';
import { instanceTypes } from '../instance-types.ts';

addModule('MRAcquisition', {
  description: 'How an MR image was acquired.',
  definedIn: 'MR Image Module and macros (PS3.3 §C.8.3.1, §C.8.13.5)',
  on: [
    [instanceTypes.MRImage, 'acquisition'],
    [FrameRef, 'mrAcquisition'],
  ],
  fields: (t) => ({
    magneticFieldStrength: t.attribute('MagneticFieldStrength'),
    imagingFrequency: t.attribute('ImagingFrequency', { or: 'TransmitterFrequency' }),
    imagedNucleus: t.attribute('ImagedNucleus', { or: 'ResonantNucleus' }),
    mrAcquisitionType: t.attribute('MRAcquisitionType', { description: '2D or 3D.' }),
    scanningSequence: t.attribute('ScanningSequence', { description: 'SE, IR, GR, EP, RM.' }),
    scanOptions: t.attribute('ScanOptions'),
    sequenceName: t.attribute('SequenceName', { or: 'PulseSequenceName' }),
    repetitionTime: t.attribute('RepetitionTime'),
    echoTime: t.attribute('EchoTime', { or: 'EffectiveEchoTime' }),
    inversionTime: t.attribute('InversionTime'),
    flipAngle: t.attribute('FlipAngle'),
    echoTrainLength: t.attribute('EchoTrainLength'),
    numberOfAverages: t.attribute('NumberOfAverages'),
    pixelBandwidth: t.attribute('PixelBandwidth'),
    acquisitionMatrix: t.attribute('AcquisitionMatrix', {
      description: 'Frequency rows, frequency columns, phase rows, phase columns.',
    }),
    inPlanePhaseEncodingDirection: t.attribute('InPlanePhaseEncodingDirection', {
      description: 'ROW or COL (COLUMN).',
    }),
    receiveCoilName: t.attribute('ReceiveCoilName'),
    diffusionBValue: t.attribute('DiffusionBValue'),
    temporalPositionIdentifier: t.attribute('TemporalPositionIdentifier', { or: 'TemporalPositionIndex' }),
  }),
});
