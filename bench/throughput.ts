/**
 * How many instances, and how many bytes of them, the gateway gives in a second, next to nginx with secure_link in front of
 * the same archive, and to the least that Node can do, which is a plain proxy (bench/peers/plain-proxy.ts):
 *
 *     npm run bench:throughput          needs nginx and wrk (Debian: nginx-light, wrk), and taskset
 *
 * The archive is nginx with files of multipart bodies; nginx as the peer passes them on as they are, the gateway unwraps
 * them and checks that they are whole. Each has one process, alone on one core; archive and clients share another. The
 * gateway keeps nothing: every byte is the archive's. Rounds are interleaved and the median is told, so that a noisy machine
 * disturbs all alike; so does "CPU", which tells how much processor time of its own a request takes of each.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash, createSecretKey, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createLinkKeys } from '../src/links/keys.ts';
import { createLinkMinter } from '../src/links/mint.ts';

const run = promisify(execFile);
const rounds = Number(process.env['ROUNDS'] ?? 5);
const secondsPerRound = 4;
const warmUpSeconds = 10;
const sizes = [
  { name: '1 KB', bytes: 1_024, connections: 32 },
  { name: '512 KB', bytes: 512 * 1_024, connections: 16 },
  { name: '64 MB', bytes: 64 * 1_024 ** 2, connections: 4 },
] as const;
/** As long as those that Orthanc and dcm4chee-arc make. */
const boundary = '6a1c5f0e-3b1f-4a0e-9d3c-2f1b8e7d6c5a';
const [serverCore, otherCore] = ['0', '1'];

const profiling = process.env['PROFILE'] ? ['--cpu-prof', `--cpu-prof-dir=${process.env['PROFILE']}`] : [];
const facadeFlags = ['--no-graphiql', '--no-metrics', '--log-level', 'error'];

const folder = await mkdtemp(join(tmpdir(), 'throughput-'));
const children: ChildProcess[] = [];
async function main(): Promise<void> {
  const archivePort = await freePort();
  const proxyPort = await freePort();
  const gatewayPort = await freePort();
  const plainPort = await freePort();
  const refs = sizes.map((_, index) => ({ study: '1.2.3', series: '1.2.3.4', instance: `1.2.3.4.${index + 1}` }));
  await writeObjects(refs);
  await startNginx('archive', otherCore, archiveServer(archivePort));
  const linkSecret = randomBytes(12).toString('hex');
  const nginxProcess = await startNginx('proxy', serverCore, proxyServer(proxyPort, archivePort, linkSecret));
  const secret = randomBytes(32);
  const args = ['demo', '--origin', `http://127.0.0.1:${archivePort}/dicomweb`, '--port', String(gatewayPort)];
  const gatewayProcess = start(
    'taskset',
    ['-c', serverCore, process.execPath, ...profiling, 'src/cli.ts', ...args, ...facadeFlags],
    {
      DICOMWEB_GRAPHQL_LINKS_KEYS: `bench:${secret.toString('hex')}`,
      XDG_STATE_HOME: folder,
      DICOMWEB_GRAPHQL_PAYLOAD_CACHE_OBJECT_BYTES: '0',
    },
  );
  const plainProcess = start('taskset', [
    '-c',
    serverCore,
    process.execPath,
    'bench/peers/plain-proxy.ts',
    String(plainPort),
    `http://127.0.0.1:${archivePort}`,
  ]);
  const keys = createLinkKeys(new Map([['bench', createSecretKey(secret)]]));
  const publicUrl = `http://127.0.0.1:${gatewayPort}`;
  const links = createLinkMinter({ keys, publicUrl }).linksFor({ id: 'anonymous' });
  const contenders = [
    { name: 'gateway', process: gatewayProcess, urlOf: (ref: Ref) => links.native('origin', ref).url },
    { name: 'nginx', process: nginxProcess, urlOf: (ref: Ref) => nginxLink(proxyPort, pathOf(ref), linkSecret) },
    { name: 'plain', process: plainProcess, urlOf: (ref: Ref) => `http://127.0.0.1:${plainPort}${pathOf(ref)}` },
  ];
  const targets = sizes.map((size, index) => ({
    ...size,
    ref: refs[index] ?? { study: '', series: '', instance: '' },
  }));
  for (const { ref, bytes } of targets) for (const { urlOf } of contenders) await until(urlOf(ref), bytes);
  // Until the code is compiled as it will run; nginx needs no more than a look.
  for (const { ref, connections } of targets) {
    for (const { name, process, urlOf } of contenders) {
      await load(urlOf(ref), connections, process, name === 'nginx' ? 1 : warmUpSeconds);
    }
  }
  console.log(
    `body      ${contenders.map(({ name }) => `${name}/s`.padStart(11)).join('')}  CPU ms: ${contenders.map(({ name }) => name.padStart(8)).join('')}  gateway to nginx, plain to nginx`,
  );
  for (const { name, connections, ref } of targets) {
    const measures = contenders.map((): Measure[] => []);
    for (let round = 0; round < rounds; round++) {
      for (const [index, { process, urlOf }] of contenders.entries()) {
        measures[index]?.push(await load(urlOf(ref), connections, process));
      }
    }
    const rates = measures.map((own) => median(own, 'rate'));
    const costs = measures.map((own) => median(own, 'cpuMs'));
    const [gateway = 0, nginx = 1, plain = 0] = rates;
    const ratios = [gateway / nginx, plain / nginx].map((ratio) => ratio.toFixed(2).padStart(8)).join('');
    const told = rates.map((rate) => rate.toFixed(1).padStart(11)).join('');
    console.log(
      `${name.padEnd(10)}${told}          ${costs.map((cost) => cost.toFixed(3).padStart(8)).join('')}${ratios}`,
    );
  }
}

/** Of one round. */
interface Measure {
  /** Requests a second. */
  readonly rate: number;
  /** Processor time of the server for one request, in milliseconds. */
  readonly cpuMs: number;
}

type Ref = { readonly study: string; readonly series: string; readonly instance: string };

function pathOf({ study, series, instance }: Ref): string {
  return `/dicomweb/studies/${study}/series/${series}/instances/${instance}`;
}

async function writeObjects(refs: readonly Ref[]): Promise<void> {
  for (const [index, { bytes }] of sizes.entries()) {
    const ref = refs[index];
    if (ref === undefined) continue;
    const file = join(folder, 'files', pathOf(ref));
    await mkdir(join(file, '..'), { recursive: true });
    const head = `--${boundary}\r\nContent-Type: application/dicom; transfer-syntax=1.2.840.10008.1.2.1\r\n\r\n`;
    await writeFile(
      file,
      Buffer.concat([Buffer.from(head), randomBytes(bytes), Buffer.from(`\r\n--${boundary}--\r\n`)]),
    );
  }
}

const archiveServer = (port: number): string => `
  server {
    listen 127.0.0.1:${port} reuseport;
    root ${folder}/files;
    types { }
    default_type 'multipart/related; type="application/dicom"; boundary=${boundary}';
  }`;

const proxyServer = (port: number, archivePort: number, secret: string): string => `
  upstream archive { server 127.0.0.1:${archivePort}; keepalive 64; }
  server {
    listen 127.0.0.1:${port};
    location / {
      secure_link $arg_md5,$arg_expires;
      secure_link_md5 "$secure_link_expires$uri ${secret}";
      if ($secure_link = "") { return 403; }
      if ($secure_link = "0") { return 410; }
      proxy_pass http://archive;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
    }
  }`;

function nginxLink(port: number, path: string, secret: string): string {
  const expires = Math.floor(Date.now() / 1000) + 3_600;
  const md5 = createHash('md5').update(`${expires}${path} ${secret}`).digest('base64url');
  return `http://127.0.0.1:${port}${path}?md5=${md5}&expires=${expires}`;
}

async function startNginx(name: string, core: string, servers: string): Promise<ChildProcess> {
  const home = join(folder, name);
  await mkdir(home);
  await writeFile(
    join(home, 'nginx.conf'),
    `daemon off; master_process off; worker_processes 1; pid ${home}/pid; error_log ${home}/error.log;
events { worker_connections 1024; }
http {
  access_log off; sendfile on; keepalive_requests 1000000;
  client_body_temp_path ${home}/body; proxy_temp_path ${home}/proxy; fastcgi_temp_path ${home}/fastcgi;
  uwsgi_temp_path ${home}/uwsgi; scgi_temp_path ${home}/scgi;${servers}
}
`,
  );
  return start('taskset', ['-c', core, 'nginx', '-c', join(home, 'nginx.conf'), '-p', home]);
}

function start(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] });
  children.push(child);
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Waits until a target gives what it is to give. */
async function until(url: string, bytes: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const body = await fetch(url)
      .then(async (response) => (response.ok ? await response.arrayBuffer() : await response.text()))
      .catch(() => null);
    if (typeof body === 'object' && body !== null && body.byteLength >= bytes) return;
    if (attempt === 99) throw new Error(`No body of ${bytes} bytes: ${String(body).slice(0, 300)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function load(
  url: string,
  connections: number,
  server: ChildProcess,
  seconds = secondsPerRound,
): Promise<Measure> {
  const args = ['-c', otherCore, 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', url];
  const before = await cpuMsOf(server);
  const { stdout } = await run('taskset', args);
  const cpuMs = (await cpuMsOf(server)) - before;
  const wrong = /Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)/.exec(stdout);
  if (wrong !== null) throw new Error(`Not every request was answered: ${wrong[0]}`);
  const count = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]), cpuMs: cpuMs / count };
}

/** What a process has used of processors so far (proc(5): utime and stime, in ticks of 10 ms). */
async function cpuMsOf({ pid }: ChildProcess): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [utime, stime] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return 10 * ((utime ?? 0) + (stime ?? 0));
}

const median = (measures: readonly Measure[], key: keyof Measure): number =>
  measures.map((measure) => measure[key]).toSorted((a, b) => a - b)[measures.length >> 1] ?? 0;

try {
  await main();
} finally {
  for (const child of children) child.kill('SIGTERM');
  await rm(folder, { recursive: true, force: true });
}
