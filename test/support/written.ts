import fs from 'node:fs';
import { afterAll, beforeAll, expect } from 'vitest';
import { findCanaries } from './canaries.ts';

// Everything that the program logs in the whole suite is looked through: no name of a patient, no value of a query, no token
// and no signature may be in it. A test that plants such things need not look for them in the log: it is done here.

/** Of what was found, as much of each line as one wants to read. */
const found: string[] = [];

/** Looks through what the program wrote: lines of its log, what it printed. */
export function lookThrough(text: string): void {
  for (const line of text.split('\n')) {
    const canaries = findCanaries(line);
    if (canaries.length > 0 && found.length < 20) found.push(`${canaries.join(', ')}: ${line.slice(0, 500)}`);
  }
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
  expect(found, 'nothing that is written tells of a patient, a query, a token or a signature').toEqual([]);
});
