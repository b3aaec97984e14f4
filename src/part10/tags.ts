import { type Tag, tag } from '../dicom/tag.ts';

/** A tag as one unsigned number: group in the upper 16 bits, so that order is the order of a data set. */
export type TagNumber = number;

export const specificCharacterSet: TagNumber = 0x00080005;
export const numberOfFrames: TagNumber = 0x00280008;
export const pixelRepresentation: TagNumber = 0x00280103;
export const lutDescriptor: TagNumber = 0x00283002;
export const floatPixelData: TagNumber = 0x7fe00008;
export const doubleFloatPixelData: TagNumber = 0x7fe00009;
export const pixelData: TagNumber = 0x7fe00010;
export const dataSetTrailingPadding: TagNumber = 0xfffcfffc;
export const item: TagNumber = 0xfffee000;
export const itemDelimitation: TagNumber = 0xfffee00d;
export const sequenceDelimitation: TagNumber = 0xfffee0dd;

export function hexOfTag(number: TagNumber): Tag {
  return tag(number.toString(16).toUpperCase().padStart(8, '0'));
}

export function groupOf(number: TagNumber): number {
  return number >>> 16;
}

/** Group Length elements are left out of DICOM JSON (PS3.18 §F.2.2). */
export function isGroupLength(number: TagNumber): boolean {
  return (number & 0xffff) === 0;
}

/** Pixel data in one of its three forms (PS3.3 §C.7.6.3, §C.7.6.24, §C.7.6.25). */
export function isPixelData(number: TagNumber): boolean {
  return number === pixelData || number === floatPixelData || number === doubleFloatPixelData;
}
