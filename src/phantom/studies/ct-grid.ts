import type { PhantomEquipment } from '../modules/common.ts';
import { phantomUid } from '../phantom-uid.ts';

/** Where the axial slices lie, in mm: number 1 at the top. */
export const ctGrid = { size: 256, spacingMm: 1.4, firstZ: 108, stepMm: -5 };

export const ctEquipment: PhantomEquipment = { model: 'Computed CT 64', station: 'PHCT1', serial: 'CT-0001' };
/** What a workstation would have made of the images. */
export const ctWorkstation: PhantomEquipment = { model: 'Computed Workstation', station: 'PHWS1', serial: 'WS-0001' };

export const ctFrameOfReferenceUid = phantomUid('ct-chest/frame-of-reference');

/** The height of a slice, by its number from 1. */
export const heightOfSlice = (number: number): number => ctGrid.firstZ + (number - 1) * ctGrid.stepMm;
