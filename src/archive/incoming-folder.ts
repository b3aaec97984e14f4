import { join } from 'node:path';

/** Files that were stored lie below here, one each: `stow/STUDY/INSTANCE.dcm`. */
export const storedFolder = 'stow';
/** Files that are being received, or were when the process ended: no part of the archive. */
export const incomingFolder = join(storedFolder, '.incoming');
