import fs from 'node:fs';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, expect } from 'vitest';
import { findCanaries } from './canaries.ts';

// Everything that the program logs in the whole suite is looked through: no name of a patient, no value of a query, no token
// and no signature may be in it. A test that plants such things need not look for them in the log: it is done here.

/** Of what was found, as much of each line as one wants to read. */
const found: string[] = [];

/** Lines that were not looked at yet: one look at many takes a fraction of the time of a look at each. */
let unseen = '';
const maxUnseen = 2 ** 16;

/** Looks through what the program wrote, by whole lines: of its log, of what it printed. */
export function lookThrough(text: string): void {
  unseen += text.endsWith('\n') ? text : `${text}\n`;
  if (unseen.length > maxUnseen) look();
}

function look(): void {
  const text = unseen;
  unseen = '';
  if (findCanaries(text).length === 0) return;
  for (const line of text.split('\n')) {
    const canaries = findCanaries(line);
    if (canaries.length > 0 && found.length < 20) found.push(`${canaries.join(', ')}: ${line.slice(0, 500)}`);
  }
}

/** Looks through what a process writes, line by line, until it ends. */
export async function lookThroughStream(stream: Readable): Promise<void> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const text = rest + chunk;
    const end = text.lastIndexOf('\n') + 1;
    rest = text.slice(end);
    if (end > 0) lookThrough(text.slice(0, end));
  }
  if (rest !== '') lookThrough(rest);
}

const { writeSync } = fs;

/** The log goes to stderr synchronously, past process.stderr. */
function watched(this: unknown, ...args: Parameters<typeof writeSync>): number {
  const [descriptor, data] = args;
  if (descriptor === 2 && typeof data === 'string') lookThrough(data);
  return Reflect.apply(writeSync, this, args) as number;
}

beforeAll(() => {
  fs.writeSync = watched as typeof writeSync;
});

afterAll(() => {
  fs.writeSync = writeSync;
  look();
  expect(found, 'nothing that is written tells of a patient, a query, a token or a signature').toEqual([]);
});
