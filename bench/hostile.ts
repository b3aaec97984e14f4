/**
 * Hostile GraphQL requests: how long each keeps the program, and what memory is left of them.
 *
 *     npm run bench:hostile -- [--documents 2000] [--seed 1]
 *
 * Starts the demo as a program of its own, and sends it the requests of test/support/hostile-documents.ts one after the other.
 * Prints the processor time of the program for each (by /metrics, without what the scrape takes), the time until the answer,
 * the kinds that take longest, the memory, and the requests that reached the archive, of which there must be none.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type HostileRequest, hostileRequests, isRefusal, sendHostile } from '../test/support/hostile-documents.ts';

const { values: flags } = parseArgs({
  options: { documents: { type: 'string', default: '2000' }, seed: { type: 'string', default: '20261122' } },
});

const stateFolder = await mkdtemp(join(tmpdir(), 'hostile-'));
const cli = join(import.meta.dirname, '../src/cli.ts');
const program = spawn(process.execPath, [cli, '--port', '0', '--state-folder', stateFolder], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const url = await new Promise<string>((resolve, reject) => {
  let output = '';
  program.once('exit', () => reject(new Error(`The demo did not start: ${output}`)));
  program.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
    const [, found] = /^GraphiQL: (.*)\/graphql$/m.exec(output) ?? [];
    if (found !== undefined) resolve(found);
  });
});

/** @returns Milliseconds until the last byte of the answer. */
async function time(request: HostileRequest): Promise<number> {
  const begun = performance.now();
  const isRefused = await isRefusal(await sendHostile(url, request));
  const ms = performance.now() - begun;
  if (!isRefused) throw new Error(`Answered, and not refused: ${request.kind}`);
  return ms;
}

const metric = (text: string, name: string): number =>
  [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? ([0-9.e+]+)$`, 'gm'))].reduce(
    (sum, [, value]) => sum + Number(value),
    0,
  );
async function look(): Promise<{ rssMb: number; heapMb: number; originRequests: number; cpuSeconds: number }> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return {
    rssMb: metric(text, 'process_resident_memory_bytes') / 2 ** 20,
    heapMb: metric(text, 'nodejs_heap_size_used_bytes') / 2 ** 20,
    originRequests: metric(text, 'dicomweb_origin_request_seconds_count'),
    cpuSeconds: metric(text, 'process_cpu_seconds_total'),
  };
}

/** Processor time of one request, in milliseconds: with that of the scrape after it, which is measured and taken away. */
async function measure(request: HostileRequest | null): Promise<{ ms: number; cpuMs: number; rssMb: number }> {
  const before = await look();
  const ms = request === null ? 0 : await time(request);
  const after = await look();
  return { ms, cpuMs: (after.cpuSeconds - before.cpuSeconds) * 1000, rssMb: after.rssMb };
}

const rank = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN;

const requests = hostileRequests(Number(flags.documents), Number(flags.seed));
for (const request of hostileRequests(120, 7)) await time(request); // warmed up: two of each kind
const scrapes: number[] = [];
for (let n = 0; n < 50; n++) scrapes.push((await measure(null)).cpuMs);
const scrapeMs = rank(scrapes, 0.5);

const byKind = new Map<string, { ms: number[]; cpuMs: number[] }>();
const start = await look();
let middle = start;
for (const [index, request] of requests.entries()) {
  const { ms, cpuMs } = await measure(request);
  const kind = byKind.get(request.kind) ?? { ms: [], cpuMs: [] };
  byKind.set(request.kind, kind);
  kind.ms.push(ms);
  kind.cpuMs.push(Math.max(0, cpuMs - scrapeMs));
  if (index === requests.length >> 1) middle = await look();
}
const end = await look();

const ranks = (values: readonly number[]): string =>
  [0.5, 0.99, 1].map((share) => rank(values, share).toFixed(1).padStart(7)).join('');
const line = (name: string, { ms, cpuMs }: { ms: readonly number[]; cpuMs: readonly number[] }): string =>
  `${name.padEnd(36)}${ranks(cpuMs)}  |${ranks(ms)}`;
const all = [...byKind.values()];
console.log(
  `${requests.length} hostile requests, all refused${' '.repeat(10)}processor ms p50, p99, max  |  ms until the answer`,
);
console.log(line('all of them', { ms: all.flatMap(({ ms }) => ms), cpuMs: all.flatMap(({ cpuMs }) => cpuMs) }));
const slowest = [...byKind].toSorted(([, a], [, b]) => rank(b.cpuMs, 1) - rank(a.cpuMs, 1));
for (const [kind, values] of slowest.slice(0, 12)) console.log(line(`  ${kind}`, values));
const memory = ({ rssMb, heapMb }: { rssMb: number; heapMb: number }): string =>
  `${rssMb.toFixed(0)} MB (heap ${heapMb.toFixed(0)})`;
console.log(`memory of the program: ${memory(start)}, half way ${memory(middle)}, at the end ${memory(end)}`);
const half = requests.length / 2;
console.log(`it grew by ${(((end.rssMb - middle.rssMb) * 1024) / half).toFixed(1)} kB a request in the second half`);
console.log(`requests that reached the archive: ${end.originRequests - start.originRequests}`);

program.kill('SIGTERM');
await once(program, 'exit');
await rm(stateFolder, { recursive: true, force: true });
if (end.originRequests !== start.originRequests) process.exitCode = 1;
