/** Lets work begin in order, as long as what all of it takes together stays within a bound. */
export interface MemoryGate {
  /**
   * Waits until there is room. Work that takes more than there is at all gets all of it: it is alone then.
   *
   * @returns Gives the room back; more than once does nothing.
   * @throws The reason of the signal.
   */
  enter(bytes: number, signal?: AbortSignal): Promise<() => void>;
}

interface Waiting {
  readonly bytes: number;
  readonly admit: () => void;
}

/** @param maxBytes - What is under way may take so much at a time. How many may wait is for the caller to bound. */
export function createMemoryGate(maxBytes: number): MemoryGate {
  const waiting: Waiting[] = [];
  let taken = 0;

  function admitNext(): void {
    for (let next = waiting[0]; next !== undefined && taken + next.bytes <= maxBytes; next = waiting[0]) {
      waiting.shift();
      taken += next.bytes;
      next.admit();
    }
  }

  function roomOf(bytes: number): () => void {
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      taken -= bytes;
      admitNext();
    };
  }

  return {
    enter(asked, signal) {
      const bytes = Math.min(asked, maxBytes);
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const abandon = (): void => {
          waiting.splice(waiting.indexOf(entry), 1);
          reject(signal?.reason);
          admitNext();
        };
        const entry: Waiting = {
          bytes,
          admit: () => {
            signal?.removeEventListener('abort', abandon);
            resolve(roomOf(bytes));
          },
        };
        signal?.addEventListener('abort', abandon, { once: true });
        waiting.push(entry);
        admitNext();
      });
    },
  };
}
