/**
 * What the audit trail costs the gateway: links opened in a second with the trail, and without, side by side in one run.
 *
 *     npx node --disable-warning=ExperimentalWarning bench/audit.ts
 *
 * One process has the archive and the clients, others a facade each: without a trail, and with one. Rounds take turns,
 * and the median of the ratios of neighbours is told, so that a noisy machine disturbs both alike.
 *
 * - one event a window: a link that is opened over and over, as a viewer opens a template or a root.
 * - each request on disk: without windows every request waits for an event of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startArchive } from '../src/archive/server.ts';
import { dicomFile, tinyImage } from '../test/support/archive.ts';

const rounds = 7;
const roundMs = 1_500;
const lanes = 32;

const cli = join(import.meta.dirname, '../src/cli.ts');
const image = { StudyInstanceUID: '2.25.1', SeriesInstanceUID: '2.25.2', SOPInstanceUID: '2.25.3' };

async function startFacade(
  origin: string,
  state: string,
  settings: readonly string[],
): Promise<{ url: string; child: ChildProcess }> {
  const args = [
    '--origin',
    origin,
    '--port',
    '0',
    '--state-folder',
    state,
    '--log-level',
    'error',
    '--metrics',
    '--limits-max-signed-urls',
    '1000000',
    ...settings,
  ];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', cli, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    printed += chunk;
    const [, url] = /(http:\/\/127\.0\.0\.1:\d+)\/graphql/.exec(printed) ?? [];
    if (url === undefined) continue;
    child.stdout?.resume();
    return { url, child };
  }
  throw new Error(printed);
}

const agent = new Agent({ keepAlive: true, maxSockets: lanes });

const open = (url: string): Promise<void> =>
  new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume();
      response.on('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`HTTP ${response.statusCode}`)),
      );
      response.on('error', reject);
    }).on('error', reject);
  });

/** Processor time that a facade has used so far, in seconds. */
async function cpuOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1]);
}

interface Measured {
  /** Requests a second of the clock. */
  readonly rate: number;
  /** Requests a second of the facade's processor time. */
  readonly cpuRate: number;
}

async function measure(url: string, link: string): Promise<Measured> {
  const cpu = await cpuOf(url);
  const begun = performance.now();
  let count = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() - begun < roundMs) {
      await open(link);
      count++;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const rate = (count * 1_000) / (performance.now() - begun);
  return { rate, cpuRate: count / ((await cpuOf(url)) - cpu) };
}

async function linkOf(url: string): Promise<string> {
  const query = `{ instance(studyInstanceUID: "2.25.1", seriesInstanceUID: "2.25.2", sopInstanceUID: "2.25.3") {
    retrieve { native { url } } } }`;
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data } = (await response.json()) as { data: { instance: { retrieve: { native: { url: string } } } } };
  return data.instance.retrieve.native.url;
}

const file = dicomFile({ ...tinyImage, ...image });
const archive = await startArchive({ files: [file] });
const folders = ['without', 'windows', 'each'].map((name) => mkdtempSync(join(tmpdir(), `audit-bench-${name}-`)));
const settings = [[], ['--audit-enabled'], ['--audit-enabled', '--audit-window-seconds', '0']];
const started = await Promise.all(settings.map((own, index) => startFacade(archive.url, folders[index] ?? '', own)));
const links = await Promise.all(started.map(({ url }) => linkOf(url)));

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const names = ['without a trail', 'with a trail, one event a window', 'with a trail, each request on disk'];
const all: Measured[][] = names.map(() => []);
for (let round = 0; round <= rounds; round++) {
  for (const [index, { url }] of started.entries()) {
    const measured = await measure(url, links[index] ?? '');
    if (round > 0) all[index]?.push(measured); // the first warms up
  }
}
for (const [index, name] of names.entries()) {
  const [own = [], bare = []] = [all[index], all[0]];
  const of = (read: (measured: Measured) => number): string => {
    const ratio = median(own.map((measured, round) => read(measured) / read(bare[round] ?? measured)));
    return `${String(Math.round(median(own.map(read)))).padStart(6)} requests/s (${ratio.toFixed(2)})`;
  };
  console.log(
    `${name.padEnd(36)} ${of(({ rate }) => rate)} by the clock, ${of(({ cpuRate }) => cpuRate)} of processor time`,
  );
}

for (const { child } of started) child.kill('SIGTERM');
agent.destroy();
await archive.close();
for (const folder of folders) rmSync(folder, { recursive: true, force: true });
