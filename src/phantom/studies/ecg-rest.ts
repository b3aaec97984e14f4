import { writeEcgReport } from '../anatomy/ecg-report-pdf.ts';
import { computeLeads, ecg, type LeadName, leadNames } from '../anatomy/electrocardiogram.ts';
import { phantomCatalogue } from '../catalogue.ts';
import { code } from '../modules/code.ts';
import { commonModules, later, type PhantomEquipment } from '../modules/common.ts';
import type { PhantomDataSet } from '../part10/phantom-data-set.ts';
import { instance, type PhantomInstance } from './phantom-instance.ts';

const study = phantomCatalogue.ecgRest;
const equipment: PhantomEquipment = { model: 'Computed ECG', station: 'PHECG1', serial: 'ECG-0001' };

/** The leads in the nomenclature of ISO/IEEE 11073-10102 (PS3.16 CID 3001). */
const leadCodes: Readonly<Record<LeadName, string>> = {
  I: '2:1',
  II: '2:2',
  III: '2:61',
  aVR: '2:62',
  aVL: '2:63',
  aVF: '2:64',
  V1: '2:3',
  V2: '2:4',
  V3: '2:5',
  V4: '2:6',
  V5: '2:7',
  V6: '2:8',
};

/** A study without images: twelve leads as a waveform, and a report as PDF. */
export function* buildEcgRest(): Generator<PhantomInstance> {
  const leads = computeLeads();
  yield instance('leads', 1, waveformInstance(leads));
  yield instance('report', 1, reportInstance(leads));
}

function waveformInstance(leads: Readonly<Record<LeadName, Int16Array>>): PhantomDataSet {
  const common = commonModules(study, study.series.leads, equipment, 1, 0);
  const samples = ecg.samplesPerSecond * ecg.seconds;
  const data = new Int16Array(samples * leadNames.length);
  for (const [channel, name] of leadNames.entries()) {
    for (let i = 0; i < samples; i++) data[i * leadNames.length + channel] = leads[name][i] ?? 0;
  }
  return {
    ...common,
    AcquisitionDateTime: `${study.studyDate}${later(study.studyTime, study.series.leads.minutes * 60)}`,
    AcquisitionContextSequence: null,
    WaveformSequence: [
      {
        WaveformOriginality: 'ORIGINAL',
        NumberOfWaveformChannels: leadNames.length,
        NumberOfWaveformSamples: samples,
        SamplingFrequency: ecg.samplesPerSecond,
        MultiplexGroupLabel: '12 LEADS',
        ChannelDefinitionSequence: leadNames.map(channelDefinition),
        WaveformBitsAllocated: 16,
        WaveformSampleInterpretation: 'SS',
        WaveformData: data,
      },
    ],
  };
}

function channelDefinition(name: LeadName, index: number): PhantomDataSet {
  return {
    WaveformChannelNumber: index + 1,
    ChannelLabel: name,
    ChannelSourceSequence: [code(leadCodes[name], 'MDC', `Lead ${name}`)],
    ChannelSensitivity: 1,
    ChannelSensitivityUnitsSequence: [code('uV', 'UCUM', 'microvolt')],
    ChannelSensitivityCorrectionFactor: 1,
    ChannelBaseline: 0,
    ChannelSampleSkew: 0,
    WaveformBitsStored: 16,
    FilterLowFrequency: 0.05,
    FilterHighFrequency: 150,
  };
}

function reportInstance(leads: Readonly<Record<LeadName, Int16Array>>): PhantomDataSet {
  const pdf = writeEcgReport(
    [
      'Resting 12-lead ECG (computed phantom, not a person)',
      `Patient ${study.patient.patientID}   Study ${study.studyID}   ${study.studyDate.replace(/(\d{4})(\d{2})(\d{2})/, '$1-$2-$3')}`,
      'Sinus rhythm, 62/min. PR 152 ms, QRS 86 ms, QT 410 ms. Axis 55 degrees. Nothing unusual.   25 mm/s   10 mm/mV',
    ],
    leads,
  );
  return {
    ...commonModules(study, study.series.report, equipment, 1, 0),
    ConversionType: 'WSD',
    AcquisitionDateTime: null,
    BurnedInAnnotation: 'YES',
    RecognizableVisualFeatures: 'NO',
    DocumentTitle: 'Resting 12-lead ECG',
    ConceptNameCodeSequence: [code('11524-6', 'LN', 'EKG study')],
    MIMETypeOfEncapsulatedDocument: 'application/pdf',
    EncapsulatedDocument: pdf,
    EncapsulatedDocumentLength: pdf.length,
  };
}
