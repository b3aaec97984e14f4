import type { InstanceType } from '../../dicom/sop-class.ts';
import type { ModuleParent } from '../add-module.ts';
import { builder } from '../builder.ts';
import { DicomObject } from './dicom-object.ts';
import { ImageInstance } from './image-instance.ts';
import { InstanceRef } from './instance-connection.ts';
import { NodeInterface } from './node.ts';

/**
 * Types with an Image Module in their IODs (PS3.3 §A). A surface segmentation is a Segmentation without pixels, and an RT
 * Dose may have no grid: their modules are of nulls.
 */
const images: Readonly<Partial<Record<InstanceType, string>>> = {
  CTImage: 'An image of computed tomography, of one frame or enhanced.',
  MRImage: 'An image of magnetic resonance, of one frame or enhanced.',
  PETImage: 'An image of positron emission tomography, of one frame or enhanced.',
  XRayImage: 'A projection: computed and digital radiography, mammography, angiography, fluoroscopy.',
  UltrasoundImage: 'An ultrasound image or cine loop.',
  NuclearImage: 'An image of nuclear medicine.',
  SlideImage: 'Whole slide microscopy: one level of a pyramid, in tiles.',
  SecondaryCapture: 'An image captured or converted from elsewhere.',
  Segmentation: 'Which pixels belong to what.',
  ParametricMap: 'A physical quantity for every pixel.',
  RTDose: 'A distribution of dose.',
};

const others: Readonly<Partial<Record<InstanceType, string>>> = {
  StructuredReport: 'A report or measurements, as a tree of content.',
  PresentationState: 'How images are to be shown.',
  RTStructureSet: 'Regions of interest, as contours.',
  RTPlan: 'A plan of treatment.',
  EncapsulatedDocument: 'A PDF, CDA or other document.',
  Waveform: 'Signals over time: ECG, audio, pressure.',
  OtherInstance: 'Every other SOP Class. Some are images: their modules are here too.',
};

function addType(name: string, description: string, isImage: boolean) {
  const ref = builder.objectRef<typeof InstanceRef.$inferType>(name);
  const interfaces = isImage
    ? [ImageInstance, InstanceRef, NodeInterface, DicomObject]
    : [InstanceRef, NodeInterface, DicomObject];
  return ref.implement({ description, interfaces: interfaces as [typeof InstanceRef] });
}

type InstanceTypeRef = ReturnType<typeof addType>;

/**
 * The concrete types of instances; a module or a specialised object adds its fields to them. Which SOP Class is which:
 * src/dicom/sop-class-table.ts.
 */
export const instanceTypes: Readonly<Record<InstanceType, InstanceTypeRef>> = Object.fromEntries([
  ...Object.entries(images).map(([name, description]) => [name, addType(name, description, true)]),
  ...Object.entries(others).map(([name, description]) => [name, addType(name, description, false)]),
]);

/** Where a module of images is: all image types, and those instances of other SOP Classes that are images. */
export const onImages = (field: string): readonly (readonly [ModuleParent, string])[] => [
  [ImageInstance, field],
  [instanceTypes.OtherInstance, field],
];
