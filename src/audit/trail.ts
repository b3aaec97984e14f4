import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { FacadeError } from '../errors.ts';
import type { AuditEvent } from './audit-event.ts';
import { type AuditSource, toFhir } from './fhir.ts';
import type { Journal } from './journal.ts';

/** Who did what with which study, kept before it is answered. */
export interface AuditTrail {
  /** @throws {FacadeError} UNAVAILABLE: the trail cannot be written, or loses events, and nothing is answered without it. */
  check(): void;
  /** Never throws, never waits. */
  record(event: AuditEvent): void;
  /**
   * Resolves when everything recorded so far is durable, or where answers go out without: when that is known not to be.
   *
   * @throws {FacadeError} UNAVAILABLE: it is not, and nothing is answered without it.
   */
  committed(): Promise<void>;
  readonly counts: TrailCounts;
  /** Writes what is waiting, once more where it failed. */
  close(): Promise<void>;
}

/** Ever growing, but for the first three. */
export interface TrailCounts {
  /** False while writing fails, and while events are lost because it is too slow. */
  readonly isWritable: boolean;
  /** Events that are not on disk yet. */
  readonly waitingEvents: number;
  readonly waitingBytes: number;
  readonly events: number;
  /** Events that nobody will ever read: see `maxWaitingBytes`. */
  readonly lostEvents: number;
  /** Answers that were refused because their event could not be kept. */
  readonly refusedAnswers: number;
}

export interface TrailOptions {
  readonly journal: Journal;
  readonly source: AuditSource;
  /** Nothing is answered that cannot be told of. */
  readonly failClosed: boolean;
  /** How long an answer waits for its event to be written. Milliseconds. */
  readonly commitMs: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Pick<Logger, 'error' | 'info'>;
  /** Told when something more can be read. */
  readonly onWritten?: () => void;
  /** Events that wait to be written; what is more is lost, and counted. One event always may wait. Default 16 MiB. */
  readonly maxWaitingBytes?: number;
  /** How long after a failure it is tried again. Default 1,000. */
  readonly retryMs?: number;
}

interface Waiter {
  /** Number of the last event that it waits for. */
  readonly upTo: number;
  readonly settle: (error?: FacadeError) => void;
}

const maxBatchBytes = 2 ** 20;
const retryAfterSeconds = 5;

/**
 * Events are written in groups: what is recorded while a group is on its way to the disk goes with the next. Where writing
 * fails, events wait in memory and are tried again each second; none is dropped before the bound is passed. From the first
 * that is dropped on, nothing is answered where that would be without its event, until the disk takes events again.
 */
export function createAuditTrail(options: TrailOptions): AuditTrail {
  const { journal, source, failClosed, commitMs, clock, log, onWritten = () => {} } = options;
  const { maxWaitingBytes = 2 ** 24, retryMs = 1_000 } = options;
  let waiting: { readonly line: string; readonly bytes: number }[] = [];
  let waitingBytes = 0;
  let recorded = 0;
  let durable = 0;
  let lost = 0;
  let lostSince = 0;
  let losingAt: number | null = null;
  let refused = 0;
  let refusedSince = 0;
  let brokenAt: number | null = null;
  let waiters: Waiter[] = [];
  let writing: Promise<void> | null = null;
  let retry: NodeJS.Timeout | null = null;
  let isScheduled = false;

  function record(event: AuditEvent): void {
    const now = clock();
    const line = `${JSON.stringify(toFhir(event, randomUUID(), now, source))}\n`;
    const bytes = Buffer.byteLength(line);
    if (waiting.length > 0 && waitingBytes + bytes > maxWaitingBytes && event.kind !== 'gap') lose(now);
    else keep(line, bytes);
  }

  function lose(now: number): void {
    lost++;
    lostSince++;
    if (losingAt !== null) return;
    losingAt = now;
    log.error({ failClosed, waitingEvents: waiting.length }, 'events of the audit trail are lost');
  }

  function keep(line: string, bytes: number): void {
    recorded++;
    waiting.push({ line, bytes });
    waitingBytes += bytes;
    if (brokenAt !== null || isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      startWriting();
    });
  }

  /** Where there is nothing to write, writing would be over before it could be noted that it is under way. */
  function startWriting(): void {
    if (writing === null && waiting.length > 0) writing = write();
  }

  async function write(): Promise<void> {
    try {
      while (waiting.length > 0) {
        const batch = nextBatch();
        await journal.append(batch.map(({ line }) => line));
        waiting = waiting.slice(batch.length);
        waitingBytes -= batch.reduce((sum, { bytes }) => sum + bytes, 0);
        durable += batch.length;
        if (brokenAt !== null || losingAt !== null) mend();
        settle((waiter) => waiter.upTo <= durable);
        onWritten();
      }
    } catch (error) {
      breakDown(error);
    } finally {
      writing = null;
    }
  }

  function nextBatch(): typeof waiting {
    let bytes = 0;
    const end = waiting.findIndex((event) => {
      bytes += event.bytes;
      return bytes > maxBatchBytes;
    });
    return waiting.slice(0, end === -1 ? waiting.length : Math.max(1, end));
  }

  function breakDown(error: unknown): void {
    if (brokenAt === null) {
      brokenAt = clock();
      log.error({ err: error, failClosed }, 'the audit trail cannot be written');
    }
    settle(() => true, failClosed);
    retry ??= setTimeout(() => {
      retry = null;
      startWriting();
    }, retryMs).unref();
  }

  function mend(): void {
    const since = brokenAt ?? losingAt ?? clock();
    brokenAt = null;
    losingAt = null;
    const details = { lostEvents: lostSince, refusedAnswers: refusedSince };
    log.info(details, 'the audit trail is written again');
    record({ kind: 'gap', caller: null, code: 'UNAVAILABLE', period: [since, clock()], details });
    lostSince = 0;
    refusedSince = 0;
  }

  function settle(isDone: (waiter: Waiter) => boolean, isRefused = false): void {
    const done = waiters.filter(isDone);
    if (done.length === 0) return;
    waiters = waiters.filter((waiter) => !isDone(waiter));
    for (const waiter of done) waiter.settle(isRefused ? unavailable() : undefined);
  }

  function unavailable(): FacadeError {
    refused++;
    refusedSince++;
    return new FacadeError('UNAVAILABLE', 'The audit trail cannot be written', { retryAfterSeconds });
  }

  return {
    check() {
      if (failClosed && (brokenAt !== null || losingAt !== null)) throw unavailable();
    },
    record,
    committed() {
      // Whose event was lost is not known: nobody is answered until what waits is written, and the loss with it.
      if (failClosed && losingAt !== null) return Promise.reject(unavailable());
      if (durable === recorded) return Promise.resolve();
      if (brokenAt !== null) return failClosed ? Promise.reject(unavailable()) : Promise.resolve();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const timer = setTimeout(() => {
        waiters = waiters.filter((other) => other !== waiter);
        log.error({ failClosed, ms: commitMs }, 'the audit trail is too slow');
        waiter.settle(failClosed ? unavailable() : undefined);
      }, commitMs);
      const waiter: Waiter = {
        upTo: recorded,
        settle: (error) => {
          clearTimeout(timer);
          if (error === undefined) resolve();
          else reject(error);
        },
      };
      waiters.push(waiter);
      return promise;
    },
    get counts() {
      return {
        isWritable: brokenAt === null && losingAt === null,
        waitingEvents: waiting.length,
        waitingBytes,
        events: recorded,
        lostEvents: lost,
        refusedAnswers: refused,
      };
    },
    async close() {
      if (retry !== null) clearTimeout(retry);
      await writing; // what it fails with is tried again here
      startWriting();
      await writing;
      if (retry !== null) clearTimeout(retry);
      if (waiting.length > 0) log.error({ events: waiting.length }, 'events of the audit trail are lost');
      await journal.close();
    },
  };
}
