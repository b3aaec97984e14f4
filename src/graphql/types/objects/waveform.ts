import { builder } from '../../builder.ts';
import type { ItemNode } from '../../item-node.ts';
import { instanceTypes } from '../instance-types.ts';

const WaveformChannel = builder.objectRef<ItemNode>('WaveformChannel').implement({
  description: 'One channel of a multiplex group (PS3.3 §C.10.9).',
  fields: (t) => ({
    number: t.attribute('WaveformChannelNumber'),
    label: t.attribute('ChannelLabel'),
    source: t.concept('ChannelSourceSequence', { description: 'Lead, electrode, pressure...' }),
    sensitivity: t.attribute('ChannelSensitivity', { description: 'Units of the quantity in one unit of the sample.' }),
    sensitivityUnits: t.concept('ChannelSensitivityUnitsSequence'),
  }),
});

const WaveformGroup = builder.objectRef<ItemNode>('WaveformGroup').implement({
  description: 'Channels that were sampled together: a multiplex group (PS3.3 §C.10.9).',
  fields: (t) => ({
    label: t.attribute('MultiplexGroupLabel'),
    numberOfChannels: t.attribute('NumberOfWaveformChannels'),
    numberOfSamples: t.attribute('NumberOfWaveformSamples', { description: 'Of each channel.' }),
    samplingFrequency: t.attribute('SamplingFrequency', { description: 'Hz.' }),
    channels: t.items('ChannelDefinitionSequence', WaveformChannel, { description: 'In the order of the samples.' }),
  }),
});

builder.objectFields(instanceTypes.Waveform, (t) => ({
  waveforms: t.items('WaveformSequence', WaveformGroup, {
    description: 'The samples are bulk data: retrieve.bulkData(paths: ["WaveformSequence[0].WaveformData"]).',
  }),
}));
