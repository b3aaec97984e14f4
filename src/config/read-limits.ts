import { wholeNumber } from './setting.ts';

/** How slowly a client may take a payload. */
export const readLimits = {
  minReadBytesPerSecond: wholeNumber({
    group: 'Limits',
    min: 0,
    max: 1_000_000_000,
    help: 'Least bytes a second at which a client has to take what waits for it; 0: it may take its time.',
    default: 1_000,
    rare: true,
  }),
  minReadWindowSeconds: wholeNumber({
    group: 'Limits',
    min: 1,
    max: 3_600,
    help: 'How long a client may fall behind that before it is cut off, in seconds.',
    default: 60,
    rare: true,
  }),
};
