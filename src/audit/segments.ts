import { createHash, randomBytes } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Files of the trail are named by when they were begun and by whom, so that their names are in the order of time. */
const segmentName = /^audit-([0-9]{8}T[0-9]{9}Z)-([0-9a-f]{8})-([0-9]{1,10})-([0-9a-f]{8})-([0-9]{6})\.jsonl$/;
/**
 * Whoever wrote nothing for so long is not in the middle of a line: of another machine's process no more is known, and
 * another program may have the number that a process of this machine had.
 */
const abandonedMs = 600_000;

const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** Gives each file of one process a name that no other process gives. */
export function createSegmentNames(clock: () => number): () => string {
  const writer = `${machine}-${process.pid}-${randomBytes(4).toString('hex')}`;
  let count = 0;
  return () => {
    const at = new Date(clock()).toISOString().replace(/[-:.]/g, '');
    return `audit-${at}-${writer}-${String(count++).padStart(6, '0')}.jsonl`;
  };
}

/** Names of the files of a folder, of all processes, oldest first. A folder that is not there has none. */
export async function listSegments(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => segmentName.test(name)).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Whether a file may be in the middle of being written. */
function isBeingWritten(name: string, modifiedAt: number, now: number): boolean {
  const [, , writerMachine, pid] = segmentName.exec(name) ?? [];
  if (now - modifiedAt >= abandonedMs) return false;
  if (writerMachine !== machine) return true;
  const id = Number(pid);
  return id !== process.pid && isProcessAlive(id); // our own number on an older file: a container's processes share it
}

export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Cuts off what a process that was killed left of its last line. What is cut was never durable, and so nothing that it
 * tells of was answered.
 *
 * @param isOurs - Files of this process: it is writing them.
 * @returns How many files were repaired.
 */
export async function repairSegments(folder: string, isOurs: (name: string) => boolean): Promise<number> {
  let repaired = 0;
  for (const name of await listSegments(folder)) {
    if (!isOurs(name) && (await repairSegment(folder, name))) repaired++;
  }
  return repaired;
}

/**
 * The same for one file, which this process does not write.
 *
 * @returns Whether something was cut off.
 */
export async function repairSegment(folder: string, name: string): Promise<boolean> {
  const path = join(folder, name);
  const { size, mtimeMs } = await stat(path);
  return size > 0 && !isBeingWritten(name, mtimeMs, Date.now()) && repair(path, size);
}

const blockBytes = 65_536;

async function repair(path: string, size: number): Promise<boolean> {
  const file = await open(path, 'r+');
  try {
    let end = size;
    const block = Buffer.alloc(blockBytes);
    while (end > 0) {
      const start = Math.max(0, end - blockBytes);
      const { bytesRead } = await file.read(block, 0, end - start, start);
      const newline = block.subarray(0, bytesRead).lastIndexOf(0x0a);
      if (newline !== -1) {
        end = start + newline + 1;
        break;
      }
      end = start;
    }
    if (end === size) return false;
    await file.truncate(end);
    await file.datasync();
    return true;
  } finally {
    await file.close();
  }
}
