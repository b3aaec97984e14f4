/**
 * How many instances, and how many bytes of them, the gateway gives in a second, next to nginx with secure_link in front of
 * the same archive:
 *
 *     npm run bench:throughput          needs nginx and wrk (Debian: nginx-light, wrk), and taskset
 *
 * The archive is nginx with files of multipart bodies; nginx as the peer passes them on as they are, the gateway unwraps
 * them and checks that they are whole. Both have one process, alone on one core; archive and clients share another. The
 * gateway keeps nothing: every byte is the archive's. Rounds are interleaved and the median is told, so that a noisy machine
 * disturbs both alike; so does "CPU", which tells how much processor time of its own a request takes of each.
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
  const keys = createLinkKeys(new Map([['bench', createSecretKey(secret)]]));
  const publicUrl = `http://127.0.0.1:${gatewayPort}`;
  const links = createLinkMinter({ keys, publicUrl }).linksFor({ id: 'anonymous' });
  const targets = sizes.map((size, index) => {
    const ref = refs[index] ?? { study: '', series: '', instance: '' };
    return { ...size, gateway: links.native('origin', ref).url, nginx: nginxLink(proxyPort, pathOf(ref), linkSecret) };
  });
  for (const { gateway, nginx, bytes } of targets) {
    await until(gateway, bytes);
    await until(nginx, bytes);
  }
  // Until the gateway's code is compiled as it will run; nginx needs none.
  for (const { gateway, connections } of targets) await load(gateway, connections, gatewayProcess, warmUpSeconds);
  console.log('           requests/s                  CPU ms/request');
  console.log('body       gateway    nginx   ratio    gateway    nginx   ratio');
  for (const { name, connections, gateway, nginx } of targets) {
    const measures = { gateway: [] as Measure[], nginx: [] as Measure[] };
    for (let round = 0; round < rounds; round++) {
      measures.nginx.push(await load(nginx, connections, nginxProcess));
      measures.gateway.push(await load(gateway, connections, gatewayProcess));
    }
    const rates = [median(measures.gateway, 'rate'), median(measures.nginx, 'rate')] as const;
    const costs = [median(measures.gateway, 'cpuMs'), median(measures.nginx, 'cpuMs')] as const;
    const columns = [...rates, rates[0] / rates[1], ...costs, costs[1] / costs[0]];
    const digits = [1, 1, 2, 3, 3, 2];
    const width = [9, 9, 8, 11, 9, 8];
    const cells = columns.map((value, index) => value.toFixed(digits[index]).padStart(width[index] ?? 8));
    console.log(name.padEnd(9) + cells.join(''));
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
