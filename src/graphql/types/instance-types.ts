import type { InstanceType } from '../../dicom/sop-class.ts';

/** The concrete types of instances. Which SOP Class is which: src/dicom/sop-class-table.ts. */
export const instanceTypes: Readonly<Record<InstanceType, string>> = {
  CTImage: 'An image of computed tomography, of one frame or enhanced.',
  MRImage: 'An image of magnetic resonance, of one frame or enhanced.',
  PETImage: 'An image of positron emission tomography.',
  XRayImage: 'A projection: computed and digital radiography, mammography, angiography, fluoroscopy.',
  UltrasoundImage: 'An ultrasound image or cine loop.',
  NuclearImage: 'An image of nuclear medicine.',
  SlideImage: 'Whole slide microscopy: one level of a pyramid, in tiles.',
  SecondaryCapture: 'An image captured or converted from elsewhere.',
  Segmentation: 'Which pixels belong to what.',
  ParametricMap: 'A physical quantity for every pixel.',
  StructuredReport: 'A report or measurements, as a tree of content.',
  PresentationState: 'How images are to be shown.',
  RTStructureSet: 'Regions of interest, as contours.',
  RTDose: 'A distribution of dose.',
  RTPlan: 'A plan of treatment.',
  EncapsulatedDocument: 'A PDF, CDA or other document.',
  Waveform: 'Signals over time: ECG, audio, pressure.',
  OtherInstance: 'Every other SOP Class.',
};
