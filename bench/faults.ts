/**
 * Random faults between the facade and its archive for two minutes: resets, silence, half bodies, garbage, 5xx.
 *
 *     npm run bench:faults          needs Linux (/proc)
 *     DURATION=30 SEED=7 npm run bench:faults
 *
 * Every answer is compared with that of the same request without faults: a body that came whole has the same bytes; what
 * GraphQL told is the same but for what is null, beside errors; thumbnails may be drawn by another. Violated: by any other answer, by an
 * error without a code, by a request that ends later than its deadline, by sockets of the facade that stay open.
 */
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { ask, digestOf, type Job, type Outcome, rank, seeded } from './world/client.ts';
import { startFaultyProxy } from './world/faulty-proxy.ts';
import { findJobs } from './world/jobs.ts';
import { freePort, startArchiveProcess, startProgram } from './world/processes.ts';

const durationMs = Number(process.env['DURATION'] ?? 120) * 1_000;
const seed = Number(process.env['SEED'] ?? 20261122);
const clients = 24;
const share = 0.15;
/** Of one request to the archive, by the settings below; an operation makes some of them one after the other. */
const timeoutMs = 2_000;
const deadlineMs = 20_000;

const flags = [
  ...[
    '--origin-requests-connect-timeout-ms',
    String(timeoutMs),
    '--origin-requests-headers-timeout-ms',
    String(timeoutMs),
  ],
  ...['--origin-requests-body-idle-timeout-ms', String(timeoutMs), '--origin-requests-circuit-pause-ms', '300'],
  ...['--cache-max-bytes', '0', '--payload-cache-metadata-bytes', '0'],
  ...['--payload-cache-object-bytes', '0', '--payload-cache-rendered-bytes', '0'],
];

const violations = new Map<string, number>();
const violated = (what: string): void => void violations.set(what, (violations.get(what) ?? 0) + 1);
const verdicts = {
  'as without faults': 0,
  'drawn by another': 0,
  'in part, with codes': 0,
  'a code alone': 0,
  'body broken off': 0,
};
const codes = new Map<string, number>();
const times: number[] = [];

const archive = await startArchiveProcess(await freePort());
try {
  await using proxy = await startFaultyProxy(archive.port, seed);
  await using program = await startProgram(['--origin', proxy.url, ...flags]);
  const jobs = await findJobs(program.url);
  const expected = new Map<Job, Buffer>();
  const calm = new Agent();
  for (const job of jobs) {
    const { status, body, codes: told } = await ask(calm, job);
    if (status !== 200 || told.length > 0) throw new Error(`${job.name} fails without faults: ${status} ${told}`);
    expected.set(job, body);
  }
  calm.destroy();
  await sleep(8_000); // idle connections end
  const before = await program.sockets();

  proxy.share = share;
  const until = performance.now() + durationMs;
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const client = async (_: unknown, number: number): Promise<void> => {
    const random = seeded(seed + number);
    while (performance.now() < until) {
      const job = jobs[Math.floor(random() * jobs.length)];
      const right = job === undefined ? undefined : expected.get(job);
      if (job === undefined || right === undefined) throw new Error('Nothing to do');
      const outcome = await ask(agent, job);
      await judge(job, outcome, right);
      if (outcome.status !== 200) await sleep(50);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  proxy.share = 0;
  agent.destroy();

  let after = await program.sockets();
  for (let waited = 0; after > before && waited < 40; waited++) {
    await sleep(1_000);
    after = await program.sockets();
  }
  if (after > before) violated(`sockets before ${before}, after ${after}`);
  await sleep(1_000); // the pause of the circuit
  const again = new Agent();
  for (const job of jobs) await judge(job, await ask(again, job), expected.get(job) ?? Buffer.alloc(0), true);
  again.destroy();

  const made = [...proxy.made].map(([fault, count]) => `${count} ${fault}`).join(', ');
  console.log(`${times.length} requests of ${clients} clients in ${durationMs / 1_000} s, seed ${seed}`);
  console.log(`faults        ${made}`);
  for (const [verdict, count] of Object.entries(verdicts)) console.log(`${String(count).padStart(8)}      ${verdict}`);
  console.log(`codes         ${[...codes].map(([code, count]) => `${count} ${code}`).join(', ')}`);
  const ranks = [0.5, 0.99, 1].map((part) => rank(times, part).toFixed(0)).join(', ');
  console.log(`p50, p99, max ${ranks} ms; deadline ${deadlineMs} ms`);
  console.log(`sockets       ${before} before, ${after} after`);
} finally {
  await archive.kill();
}
for (const [violation, count] of violations) console.log(`VIOLATED: ${count} times: ${violation}`);
if (violations.size > 0) process.exitCode = 1;

async function judge(job: Job, outcome: Outcome, right: Buffer, isCalm = false): Promise<void> {
  times.push(outcome.ms);
  for (const code of outcome.codes) codes.set(code, (codes.get(code) ?? 0) + 1);
  for (const fault of outcome.faults) violated(`${job.name}: ${fault}`);
  if (outcome.ms > deadlineMs) violated(`${job.name} ended after its deadline`);
  const verdict = outcome.faults.length === 0 ? await verdictOf(job, outcome, right) : null;
  if (verdict !== null) verdicts[verdict]++;
  if (isCalm && verdict !== 'as without faults') violated(`${job.name} is not as before once the faults are over`);
}

async function verdictOf(
  job: Job,
  { status, whole, body, codes }: Outcome,
  right: Buffer,
): Promise<keyof typeof verdicts | null> {
  if (!whole) return 'body broken off';
  if (status !== 200) return 'a code alone';
  if (job.query === undefined) {
    if (digestOf(unsigned(job, body)) === digestOf(unsigned(job, right))) return 'as without faults';
    // Where the archive fails to draw it, the gateway does, or the archive draws what stands for it.
    if (job.name === 'thumbnail' && (await isWholeImage(body))) return 'drawn by another';
    violated(`${job.name}: other bytes`);
    return null;
  }
  const given = dataOf(body);
  const wanted = dataOf(right);
  if (codes.length === 0) {
    if (isWithin(given, wanted, false)) return 'as without faults';
    violated(`${job.name}: another answer, and no error`);
    return null;
  }
  if (given === null) return 'a code alone';
  if (isWithin(given, wanted, true)) return 'in part, with codes';
  violated(`${job.name}: a wrong answer beside its errors`);
  return null;
}

/** Metadata holds links, which are signed anew in time. */
function unsigned({ name }: Job, body: Buffer): Buffer {
  return name === 'metadata' ? Buffer.from(body.toString().replace(/\/links\/[^"]*/g, '/links/')) : body;
}

async function isWholeImage(bytes: Buffer): Promise<boolean> {
  try {
    const { info } = await sharp(bytes, { failOn: 'truncated' }).raw().toBuffer({ resolveWithObject: true });
    return info.width <= 64 && info.height <= 64;
  } catch {
    return false;
  }
}

function dataOf(body: Buffer): unknown {
  return (JSON.parse(body.toString()) as { data?: unknown }).data ?? null;
}

/** Whether an answer is another but for nulls, where those are allowed. URLs differ: they are signed anew in time. */
function isWithin(given: unknown, wanted: unknown, mayLack: boolean): boolean {
  if (given === null) return wanted === null || mayLack;
  if (typeof given === 'string' && /^https?:.*\/links\//.test(given)) return typeof wanted === 'string';
  if (typeof given !== 'object') return given === wanted;
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(given) !== Array.isArray(wanted)) return false;
  const others: ReadonlyMap<string, unknown> = new Map(Object.entries(wanted));
  const entries = Object.entries(given);
  return entries.length === others.size && entries.every(([name, value]) => isWithin(value, others.get(name), mayLack));
}
