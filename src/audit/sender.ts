import { open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { RepositoryClient } from './repository-client.ts';
import { listSegments } from './segments.ts';
import { createSenderLease } from './sender-lease.ts';

export interface SenderOptions {
  /** Where the files of the trail are, of all processes that share it: one of those sends for all. */
  readonly folder: string;
  readonly client: RepositoryClient;
  /** Events in one request. */
  readonly batch: number;
  readonly log: Pick<Logger, 'error' | 'info'>;
  /** First wait after a failure, which doubles up to a minute. Default 1,000. */
  readonly retryMs?: number;
  /** How often it is looked for what other processes wrote. Default 2,000. */
  readonly pollMs?: number;
}

export interface SenderCounts {
  readonly sentEvents: number;
  /** Events that the repository will not take; they stand in the files. */
  readonly refusedEvents: number;
  readonly failedRequests: number;
  /** As of the last look. */
  readonly backlogBytes: number;
}

/** Brings the files of the trail to an audit repository: each event at least once, in the order of each file. */
export interface Sender {
  /** There may be more to send. */
  wake(): void;
  /** Whether all of a file was brought there. */
  isSent(name: string): Promise<boolean>;
  readonly counts: SenderCounts;
  /** Sends what it can within two seconds; what is not sent is sent by who comes next. */
  close(): Promise<void>;
}

const blockBytes = 2 ** 20;
const maxWaitMs = 60_000;
const lastMs = 2_000;

export function createSender(options: SenderOptions): Sender {
  const { folder, client, batch, log, retryMs = 1_000, pollMs = 2_000 } = options;
  const cursor = createCursor(join(folder, 'sent.json'));
  const lease = createSenderLease(join(folder, 'sender'));
  let isClosing = false;
  let isClosed = false;
  let isFailing = false;
  let waitMs = retryMs;
  let counts = { sentEvents: 0, refusedEvents: 0, failedRequests: 0, backlogBytes: 0 };
  let wakeUp: () => void = () => {};

  async function run(): Promise<void> {
    while (!isClosed) {
      let idleMs = pollMs;
      try {
        if (await lease.hold()) await sendAll();
        waitMs = retryMs;
        recovered();
      } catch (error) {
        idleMs = waitMs;
        waitMs = Math.min(maxWaitMs, waitMs * 2);
        failed(error);
      }
      if (isClosing) break;
      await pause(idleMs);
    }
    await lease.release();
  }

  async function sendAll(): Promise<void> {
    await cursor.read();
    const names = await listSegments(folder);
    await measure(names);
    for (const name of names) {
      while (!isClosed && (await sendBlock(name)));
    }
    await measure(names);
    cursor.keepOnly(names);
  }

  async function measure(names: readonly string[]): Promise<void> {
    let backlogBytes = 0;
    for (const name of names) backlogBytes += Math.max(0, (await sizeOf(join(folder, name))) - cursor.of(name));
    counts = { ...counts, backlogBytes };
  }

  /** @returns False where there is no more whole line. */
  async function sendBlock(name: string): Promise<boolean> {
    const from = cursor.of(name);
    const lines = await readLines(join(folder, name), from);
    let end = from;
    for (let index = 0; index < lines.length && !isClosed; index += batch) {
      const group = lines.slice(index, index + batch);
      await sendGroup(group.map((line) => line.toString('utf8')).filter(isEvent));
      end += group.reduce((sum, line) => sum + line.length + 1, 0);
      await cursor.move(name, end);
      await lease.renew();
    }
    return lines.length > 0;
  }

  async function sendGroup(events: readonly string[]): Promise<void> {
    let rest = events;
    while (rest.length > 0) {
      const verdicts = await client.send(rest);
      const later = rest.filter((_event, index) => verdicts[index] === 'later');
      const refusedEvents = verdicts.filter((verdict) => verdict === 'refused').length;
      if (refusedEvents > 0) log.error({ events: refusedEvents }, 'the audit repository will not take events');
      counts = {
        ...counts,
        sentEvents: counts.sentEvents + rest.length - later.length - refusedEvents,
        refusedEvents: counts.refusedEvents + refusedEvents,
      };
      rest = later;
      if (rest.length === 0) {
        waitMs = retryMs;
        recovered();
        return;
      }
      if (isClosed) throw new Error('Closed');
      failed(null);
      await pause(waitMs, true);
      waitMs = Math.min(maxWaitMs, waitMs * 2);
      await lease.renew();
      if (isClosed) throw new Error('Closed');
    }
  }

  function failed(error: unknown): void {
    if (isClosed) return;
    counts = { ...counts, failedRequests: counts.failedRequests + 1 };
    if (isFailing) return;
    isFailing = true;
    log.error(error === null ? {} : { err: error }, 'the audit repository does not take events');
  }

  function recovered(): void {
    if (!isFailing) return;
    isFailing = false;
    log.info({}, 'the audit repository takes events again');
  }

  /** @param isFixed - Not ended by what is there to send. */
  function pause(ms: number, isFixed = false): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms).unref();
      const end = (): void => {
        clearTimeout(timer);
        resolve();
      };
      wakeUp = () => {
        if (isClosing || !isFixed) end();
      };
    });
  }

  const running = run();

  return {
    wake() {
      if (!isFailing) wakeUp();
    },
    async isSent(name) {
      await cursor.read();
      return (await sizeOf(join(folder, name))) <= cursor.of(name);
    },
    get counts() {
      return counts;
    },
    async close() {
      isClosing = true;
      const breakOff = (): void => {
        isClosed = true;
        client.close();
        wakeUp();
      };
      const timer = setTimeout(breakOff, isFailing ? 0 : lastMs);
      wakeUp();
      await running;
      clearTimeout(timer);
      client.close();
    },
  };
}

/** Whole lines from a place in a file on, as many as a block holds; of a longer line all of it. */
async function readLines(path: string, from: number): Promise<readonly Buffer[]> {
  const file = await open(path, 'r').catch(() => null); // it may have gone
  if (file === null) return [];
  try {
    let block = Buffer.alloc(0);
    for (;;) {
      const more = Buffer.alloc(blockBytes);
      const { bytesRead } = await file.read(more, 0, blockBytes, from + block.length);
      block = Buffer.concat([block, more.subarray(0, bytesRead)]);
      const end = block.lastIndexOf(0x0a);
      if (end !== -1) return splitLines(block.subarray(0, end));
      if (bytesRead < blockBytes) return [];
    }
  } finally {
    await file.close();
  }
}

function splitLines(block: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = block.indexOf(0x0a); end !== -1; end = block.indexOf(0x0a, start)) {
    lines.push(block.subarray(start, end));
    start = end + 1;
  }
  lines.push(block.subarray(start));
  return lines;
}

function isEvent(line: string): boolean {
  try {
    return (JSON.parse(line) as { resourceType?: unknown }).resourceType === 'AuditEvent';
  } catch {
    return false; // a disk's fault; what stands around it is sent
  }
}

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => null))?.size ?? 0;

/** How much of each file was sent: bytes, in a file that appears whole or not at all. */
function createCursor(path: string) {
  let sent = new Map<string, number>();
  return {
    async read(): Promise<void> {
      try {
        const kept = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
        sent = new Map(Object.entries(kept).flatMap(([name, end]) => (typeof end === 'number' ? [[name, end]] : [])));
      } catch (error) {
        // Not there yet, or not to be read: then all is sent once more.
        if (!(error instanceof SyntaxError) && !(error instanceof Error && 'code' in error && error.code === 'ENOENT'))
          throw error;
      }
    },
    of: (name: string): number => sent.get(name) ?? 0,
    async move(name: string, end: number): Promise<void> {
      sent.set(name, end);
      await writeFile(`${path}.new`, JSON.stringify(Object.fromEntries(sent)), { mode: 0o600 });
      await rename(`${path}.new`, path);
    },
    /** Files that are gone need no place. */
    keepOnly(names: readonly string[]): void {
      const there = new Set(names);
      for (const name of sent.keys()) if (!there.has(name)) sent.delete(name);
    },
  };
}
