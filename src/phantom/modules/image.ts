import type { Vec3 } from '../image/vector.ts';
import type { PhantomDataSet } from '../part10/phantom-data-set.ts';

/** Gray pixels of 16 bits a sample (PS3.3 §C.7.6.3). */
export function grayPixels(
  pixels: Uint16Array | Int16Array,
  columns: number,
  rows: number,
  bitsStored: number,
  photometricInterpretation: 'MONOCHROME1' | 'MONOCHROME2' = 'MONOCHROME2',
): PhantomDataSet {
  return {
    SamplesPerPixel: 1,
    PhotometricInterpretation: photometricInterpretation,
    Rows: rows,
    Columns: columns,
    BitsAllocated: 16,
    BitsStored: bitsStored,
    HighBit: bitsStored - 1,
    PixelRepresentation: pixels instanceof Int16Array ? 1 : 0,
    BurnedInAnnotation: 'NO',
    LossyImageCompression: '00',
    PixelData: pixels,
  };
}

/** An axial slice whose middle lies at x = y = 0 of the patient coordinate system (PS3.3 §C.7.6.2). */
export function axialPlane(
  columns: number,
  rows: number,
  spacingMm: number,
  thicknessMm: number,
  z: number,
): PhantomDataSet {
  const position: Vec3 = [(-(columns - 1) / 2) * spacingMm, (-(rows - 1) / 2) * spacingMm, z];
  return {
    PixelSpacing: [spacingMm, spacingMm],
    ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    ImagePositionPatient: position.map((mm) => Number(mm.toFixed(4))),
    SliceThickness: thicknessMm,
    SliceLocation: z,
    PatientPosition: 'HFS',
  };
}
