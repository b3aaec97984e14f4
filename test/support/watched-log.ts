import type { Logger } from 'pino';
import { createLog } from '../../src/http/log.ts';
import { lookThrough } from './written.ts';

/** A log of everything, down to the finest level, that nobody reads and that is looked through. */
export const watchedLog = (): Logger => createLog('trace', { write: lookThrough });
