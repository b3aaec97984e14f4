import { type FileHandle, open } from 'node:fs/promises';
import { onTestFinished, vi } from 'vitest';

export interface HeldDisk {
  /** Whether something waits for the disk. */
  readonly isAsked: () => boolean;
  /** What waits is synced, and what comes later at once. */
  release(): void;
}

/** From now on nothing that this process writes is synced (fdatasync), until the test says so, or is over. */
export async function holdDisk(): Promise<HeldDisk> {
  const file = await open(import.meta.filename);
  const spy = vi.spyOn(Object.getPrototypeOf(file) as FileHandle, 'datasync');
  await file.close();
  const { promise, resolve } = Promise.withResolvers<void>();
  spy.mockImplementation(() => promise);
  onTestFinished(() => {
    resolve();
    spy.mockRestore();
  });
  return {
    isAsked: () => spy.mock.calls.length > 0,
    release() {
      resolve();
      spy.mockRestore();
    },
  };
}
