import type { Readable } from 'node:stream';
import { ReaderPace } from '../bytes/reader-pace.ts';

/** How slowly a client may send an upload: the few that are taken at one time are not to be held by it. */
export interface SenderBounds {
  /** 0: as slowly as it likes. */
  readonly minUploadBytesPerSecond: number;
  /** How long it may fall behind that, in seconds. */
  readonly minUploadWindowSeconds: number;
}

export const defaultSenderBounds: SenderBounds = { minUploadBytesPerSecond: 1_000, minUploadWindowSeconds: 60 };

/**
 * Watches how fast a body comes. Only the time counts in which more of it could be taken: see {@link ReaderPace}, from the
 * other side.
 *
 * @param onSlow - Called once.
 * @returns Ends it.
 */
export function watchSender(
  request: Readable,
  { minUploadBytesPerSecond, minUploadWindowSeconds }: SenderBounds,
  onSlow: () => void,
): () => void {
  const bounds = { minReadBytesPerSecond: minUploadBytesPerSecond, minReadWindowSeconds: minUploadWindowSeconds };
  const pace = new ReaderPace(bounds, onSlow);
  const onResume = (): void => {
    if (!request.isPaused()) pace.waits();
  };
  const onData = ({ length }: Buffer): void => {
    pace.took(length);
    onResume();
  };
  const onPause = (): void => pace.took(0);
  const stop = (): void => {
    pace.stop();
    request.off('data', onData).off('resume', onResume).off('pause', onPause).off('end', stop);
  };
  request.on('data', onData).on('resume', onResume).on('pause', onPause).once('end', stop);
  return stop;
}
