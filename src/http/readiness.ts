import type { Logger } from 'pino';

/** An origin, as far as readiness needs to know it. */
export interface WatchedOrigin {
  readonly id: string;
  /** Whether its last requests were answered; null before the first. */
  readonly healthy: boolean | null;
}

export interface ReadinessOptions<Origin extends WatchedOrigin> {
  readonly origins: readonly Origin[];
  /** Asks the origin something harmless. Does not reject: whether it answered shows in `healthy`. */
  readonly probe: (origin: Origin) => Promise<unknown>;
  /** How often an origin that does not answer is asked again. Default 5,000. */
  readonly retryMs?: number;
  readonly log: Logger;
}

/** Whether requests can be answered: every origin was asked, and one at least answers. */
export interface Readiness {
  readonly isReady: () => boolean;
  /** Resolves when every origin was asked once, whatever came of it. */
  readonly asked: Promise<void>;
  /** Resolves when {@link isReady}; rejects when closed before. */
  ready(): Promise<void>;
  close(): void;
}

/** Probes the origins, and those that do not answer again and again: nobody else may ask them while we are not ready. */
export function watchReadiness<Origin extends WatchedOrigin>(options: ReadinessOptions<Origin>): Readiness {
  const { origins, probe, retryMs = 5_000, log } = options;
  const { promise: becameReady, resolve, reject } = Promise.withResolvers<void>();
  becameReady.catch(() => undefined); // whoever waits hears of it; nobody has to wait
  let isAsked = false;
  let isAsking = false;
  let isClosed = false;

  const isReady = (): boolean => isAsked && !isClosed && origins.some(({ healthy }) => healthy !== false);

  async function ask(asked: readonly Origin[]): Promise<void> {
    isAsking = true;
    await Promise.all(asked.map(askOne));
    isAsking = false;
    isAsked = true;
    if (isReady()) resolve();
  }

  async function askOne(origin: Origin): Promise<void> {
    const before = origin.healthy;
    await probe(origin);
    if (origin.healthy === before || isClosed) return;
    if (origin.healthy) log.info({ origin: origin.id }, 'origin answers');
    else log.warn({ origin: origin.id }, 'origin does not answer');
  }

  const timer = setInterval(() => {
    const silent = origins.filter(({ healthy }) => healthy !== true);
    if (!isAsking && silent.length > 0) void ask(silent);
  }, retryMs).unref();

  return {
    isReady,
    asked: ask(origins),
    ready: () => becameReady,
    close() {
      clearInterval(timer);
      isClosed = true;
      reject(new Error('Closed before any origin answered'));
    },
  };
}
