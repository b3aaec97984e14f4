import type { AuditEvent } from './audit-event.ts';
import type { AuditTrail } from './trail.ts';

/** What came of one request. */
export interface Ending {
  /** HTTP status. */
  readonly status: number;
  /** On the wire, with the head. */
  readonly bytes: number;
  readonly ms: number;
  /** Whether the answer went out to its end. */
  readonly isWhole: boolean;
}

export interface WindowOptions {
  readonly trail: AuditTrail;
  /** How long the same is counted before it is told of again; 0: each request is told of by itself. Milliseconds. */
  readonly windowMs: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Beyond these the oldest is closed early. */
  readonly maxWindows: number;
}

/** Requests that are the same in all that is told of them. */
export interface Window {
  /** Resolves when the event that opened it is durable. @throws {FacadeError} UNAVAILABLE */
  readonly durable: Promise<void>;
  /** Of one request that {@link Windows.enter} let in. */
  ended(ending: Ending): void;
}

/**
 * The first request of a window is told of at once; those that follow within it are counted, and told of when it ends: how
 * many there were, with which results. A window in which requests are under way when it ends tells of those later.
 */
export interface Windows {
  /**
   * @param key - What makes requests the same.
   * @param opening - The event of the first of them.
   * @param closing - The kind of event that tells of all of them.
   */
  enter(key: string, opening: AuditEvent, closing: AuditEvent['kind']): Window;
  /** Tells of all that were counted. */
  close(): void;
}

interface Counted extends Window {
  readonly opening: AuditEvent;
  readonly closing: AuditEvent['kind'];
  readonly begunAt: number;
  requests: number;
  underWay: number;
  readonly statuses: Map<number, number>;
  bytes: number;
  ms: number;
  maxMs: number;
  brokenOff: number;
}

export function createWindows({ trail, windowMs, clock, maxWindows }: WindowOptions): Windows {
  const open = new Map<string, Counted>(); // in the order of their beginning
  const ending = new Set<Counted>(); // closed, but for requests under way

  function begin(opening: AuditEvent, closing: AuditEvent['kind']): Counted {
    trail.record(opening);
    const durable = trail.committed();
    durable.catch(() => undefined); // whoever waits hears of it
    const window: Counted = {
      opening,
      closing,
      durable,
      begunAt: clock(),
      requests: 0,
      underWay: 0,
      statuses: new Map(),
      bytes: 0,
      ms: 0,
      maxMs: 0,
      brokenOff: 0,
      ended({ status, bytes, ms, isWhole }) {
        window.underWay--;
        window.statuses.set(status, (window.statuses.get(status) ?? 0) + 1);
        window.bytes += bytes;
        window.ms += ms;
        window.maxMs = Math.max(window.maxMs, ms);
        if (!isWhole) window.brokenOff++;
        if (ending.has(window) && window.underWay === 0) tell(window);
      },
    };
    return window;
  }

  function close(key: string, window: Counted): void {
    if (open.get(key) === window) open.delete(key);
    if (window.underWay === 0) tell(window);
    else ending.add(window);
  }

  function tell(window: Counted): void {
    ending.delete(window);
    const { opening, closing, begunAt, requests, statuses, bytes, ms, maxMs, brokenOff, underWay } = window;
    if (closing === 'refuse' && requests === 1) return; // all of it was told
    trail.record({
      ...opening,
      kind: closing,
      period: [begunAt, clock()],
      details: {
        ...opening.details,
        requests,
        statuses: [...statuses].map(([status, count]) => `${status}:${count}`).join(' '),
        bytes,
        ms: Math.round(ms),
        maxMs: Math.round(maxMs),
        ...(brokenOff === 0 ? {} : { brokenOff }),
        ...(underWay === 0 ? {} : { underWay }),
      },
    });
  }

  function sweep(): void {
    const now = clock();
    for (const [key, window] of open) {
      if (now - window.begunAt < windowMs && open.size <= maxWindows) break;
      close(key, window);
    }
  }

  const timer = setInterval(sweep, 1_000).unref();

  return {
    enter(key, opening, closing) {
      const now = clock();
      let window = open.get(key);
      if (window !== undefined && now - window.begunAt >= windowMs) {
        close(key, window);
        window = undefined;
      }
      if (window === undefined) {
        const begun = begin(opening, closing);
        window = begun;
        open.set(key, begun);
        // What could not be told of is no window: the next request is to be told of by itself.
        begun.durable.catch(() => open.get(key) === begun && open.delete(key));
        if (open.size > maxWindows) sweep();
      }
      window.requests++;
      window.underWay++;
      return window;
    },
    close() {
      clearInterval(timer);
      for (const [key, window] of open) close(key, window);
      for (const window of ending) tell(window);
    },
  };
}
