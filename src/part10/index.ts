export { type BulkLocation, bulkDataPrefix, readBulkData } from './bulk-data.ts';
export { type FileMeta, isPart10 } from './file-meta.ts';
export { readFrame } from './frames.ts';
export { Part10Error, type Part10Reason } from './part10-error.ts';
export type { EncapsulatedPixelData, NativePixelData, PixelDataLocation } from './pixel-data.ts';
export { type Part10File, type Part10Options, readPart10 } from './read-part10.ts';
