/**
 * 200 clients of mixed queries and links at once, for two minutes; then the same with an archive that is killed and started
 * again in the middle:
 *
 *     npm run bench:load          needs Linux (/proc)
 *     DURATION=30 CLIENTS=50 npm run bench:load
 *
 * The facade is a process of its own, once with its embedded archive and once in front of one that is a process too.
 * Violated: by any error with the embedded archive; by memory that grows by 1 MB a minute or more after the first minute (told
 * only where there is a second); by an error without a code while the archive is gone; by an error later than 10 s after
 * it listens again.
 */
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, type Outcome, rank, seeded } from './world/client.ts';
import { findJobs } from './world/jobs.ts';
import { freePort, type Program, startArchiveProcess, startProgram } from './world/processes.ts';

const durationMs = Number(process.env['DURATION'] ?? 120) * 1_000;
const clients = Number(process.env['CLIENTS'] ?? 200);
const recoveryMs = 10_000;
const downMs = 5_000;

interface Done extends Omit<Outcome, 'body'> {
  readonly name: string;
  /** Since the start, at its end. */
  readonly atMs: number;
}

interface Run {
  readonly done: readonly Done[];
  /** MB a minute after the first; null where the run was shorter. */
  readonly growth: number | null;
  readonly rssMb: readonly [first: number, last: number];
}

const violations: string[] = [];

await embedded();
await interrupted();
for (const violation of violations) console.log(`VIOLATED: ${violation}`);
if (violations.length > 0) process.exitCode = 1;

async function embedded(): Promise<void> {
  await using program = await startProgram([]);
  const run = await load(program, async () => {});
  print('embedded archive', run);
  const failed = run.done.filter((outcome) => isFailure(outcome));
  if (failed.length > 0) violations.push(`${failed.length} requests failed: ${tell(failed)}`);
  if (run.growth !== null && run.growth >= 1) violations.push(`memory grows by ${run.growth.toFixed(1)} MB a minute`);
}

async function interrupted(): Promise<void> {
  let archive = await startArchiveProcess(await freePort());
  try {
    const keepNothing = ['--cache-max-bytes', '0', '--payload-cache-metadata-bytes', '0'];
    const keepNoBytes = ['--payload-cache-object-bytes', '0', '--payload-cache-rendered-bytes', '0'];
    const origin = ['--origin', `http://127.0.0.1:${archive.port}/dicomweb`];
    await using program = await startProgram([...origin, ...keepNothing, ...keepNoBytes]);
    let killedMs = 0;
    let backMs = 0;
    const run = await load(program, async (sinceStart) => {
      await sleep(durationMs / 3);
      killedMs = sinceStart();
      await archive.kill();
      await sleep(downMs);
      archive = await startArchiveProcess(archive.port);
      backMs = sinceStart();
    });
    print('archive killed and restarted', run);
    const failed = run.done.filter((outcome) => isFailure(outcome));
    const uncoded = failed.filter(({ faults }) => faults.length > 0);
    const early = failed.filter(({ atMs }) => atMs < killedMs);
    const last = Math.max(backMs, ...failed.map(({ atMs }) => atMs));
    const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
    console.log(`  killed at ${seconds(killedMs)} s, listens again at ${seconds(backMs)} s`);
    console.log(`  failed meanwhile: ${tell(failed)}`);
    console.log(`  last failure ${seconds(last - backMs)} s after it listened again`);
    if (uncoded.length > 0) violations.push(`errors without a code of ours: ${tell(uncoded)}`);
    if (early.length > 0) violations.push(`failures before the archive was killed: ${tell(early)}`);
    if (last - backMs > recoveryMs) violations.push(`not recovered within ${recoveryMs} ms`);
    if (durationMs - backMs < recoveryMs) console.log('  (too short a run to see 10 s of recovery)');
    if (!run.done.some((outcome) => outcome.atMs > last && !isFailure(outcome))) violations.push('never recovered');
  } finally {
    await archive.kill();
  }
}

async function load(program: Program, meanwhile: (sinceStart: () => number) => Promise<void>): Promise<Run> {
  const jobs = await findJobs(program.url);
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const begun = performance.now();
  const sinceStart = (): number => performance.now() - begun;
  const done: Done[] = [];
  const memory: { ms: number; mb: number }[] = [];
  const client = async (_: unknown, seed: number): Promise<void> => {
    const random = seeded(seed + 1);
    while (sinceStart() < durationMs) {
      const job = jobs[Math.floor(random() * jobs.length)];
      if (job === undefined) throw new Error('Nothing to do');
      const { body: _body, ...outcome } = await ask(agent, job);
      done.push({ ...outcome, name: job.name, atMs: sinceStart() });
      if (isFailure(outcome)) await sleep(100); // as a client would
    }
  };
  const watch = async (): Promise<void> => {
    while (sinceStart() < durationMs) {
      memory.push({ ms: sinceStart(), mb: (await program.rss()) / 2 ** 20 });
      await sleep(500);
    }
  };
  await Promise.all([watch(), meanwhile(sinceStart), ...Array.from({ length: clients }, client)]);
  agent.destroy();
  const later = memory.filter(({ ms }) => ms >= 60_000);
  return {
    done,
    growth: durationMs < 90_000 ? null : slopePerMinute(later),
    rssMb: [memory[0]?.mb ?? 0, memory.at(-1)?.mb ?? 0],
  };
}

function isFailure({ status, whole, codes, faults }: Omit<Outcome, 'body'>): boolean {
  return status !== 200 || !whole || codes.length > 0 || faults.length > 0;
}

/** By least squares. */
function slopePerMinute(points: readonly { readonly ms: number; readonly mb: number }[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(points.map(({ ms }) => ms));
  const y = mean(points.map(({ mb }) => mb));
  const along = points.reduce((sum, { ms, mb }) => sum + (ms - x) * (mb - y), 0);
  return (along / points.reduce((sum, { ms }) => sum + (ms - x) ** 2, 0)) * 60_000;
}

function tell(outcomes: readonly Done[]): string {
  const counts = new Map<string, number>();
  for (const { status, whole, codes, faults } of outcomes) {
    const what = [...new Set([...codes, ...faults])].join('+') || (whole ? `status ${status}` : 'body broken off');
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => `${count} ${what}`).join(', ') || 'none';
}

function print(title: string, { done, growth, rssMb: [first, last] }: Run): void {
  console.log(`\n${title}: ${clients} clients, ${durationMs / 1_000} s; milliseconds until the last byte`);
  console.log('  kind       requests   failed      p50      p99      max');
  const line = (name: string, outcomes: readonly Done[]): void => {
    const ms = outcomes.map((outcome) => outcome.ms);
    const ranks = [0.5, 0.99, 1].map((share) => rank(ms, share).toFixed(0).padStart(9)).join('');
    const failed = outcomes.filter((outcome) => isFailure(outcome)).length;
    console.log(`  ${name.padEnd(10)}${String(outcomes.length).padStart(9)}${String(failed).padStart(9)}${ranks}`);
  };
  line('all', done);
  for (const [name, outcomes] of Map.groupBy(done, (outcome) => outcome.name)) line(name, outcomes);
  const slope =
    growth === null ? 'too short a run to tell its slope' : `${growth.toFixed(2)} MB a minute after the first`;
  console.log(`  memory of the facade: ${first.toFixed(0)} MB, at the end ${last.toFixed(0)} MB; ${slope}`);
}
