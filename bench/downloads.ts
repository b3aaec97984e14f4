/**
 * By how much the memory of the facade grows while 50 clients download 64 MB each at once:
 *
 *     npm run bench:downloads          needs Linux (/proc)
 *
 * Archive, facade and clients are a process each. The archive sends instances as multipart/related, as archives do; the
 * gateway unwraps them, and all 50 stream at the same time. Once with clients that read as fast as they can, once with clients
 * that stop for a while in the middle of each body, when all that is read ahead lies in the facade. Then the same of a body
 * that the facade has kept on disk.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, get } from 'node:http';
import { type AddressInfo, createServer as createNetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createLinkKeys } from '../src/links/keys.ts';
import { createLinkMinter } from '../src/links/mint.ts';

const clients = 50;
const bodyBytes = 64 * 1_024 ** 2;
const pauseMs = 3_000;

const role = process.argv[2];
if (role === 'archive') await serveObjects();
else if (role === 'clients') await download(process.argv[3] ?? '', process.argv[4] === 'pausing');
else {
  console.log(`${clients} downloads of ${bodyBytes / 1_024 ** 2} MB at once; memory of the facade (RSS) in MB`);
  await measure('from the archive', 0);
  await measure('from the disk', 2 ** 28);
}

/** @param keptBytes - Size of the cache of objects. */
async function measure(title: string, keptBytes: number): Promise<void> {
  const stateFolder = await mkdtemp(join(tmpdir(), 'downloads-'));
  const children: ChildProcess[] = [];
  try {
    const archive = fork(fileURLToPath(import.meta.url), ['archive']);
    children.push(archive);
    const archivePort = await new Promise<number>((resolve) =>
      archive.once('message', (port) => resolve(Number(port))),
    );
    const port = await freePort();
    const secret = randomBytes(32);
    const args = ['src/cli.ts', 'demo', '--origin', `http://127.0.0.1:${archivePort}/dicomweb`, '--port', String(port)];
    const bounds = [
      '--origin-requests-max-concurrent-requests',
      String(clients),
      '--payload-cache-object-bytes',
      String(keptBytes),
    ];
    const facade = spawn(process.execPath, [...args, ...bounds], {
      env: {
        ...process.env,
        DICOMWEB_GRAPHQL_LINKS_KEYS: `bench:${secret.toString('hex')}`,
        XDG_STATE_HOME: stateFolder,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    children.push(facade);
    const keys = createLinkKeys(new Map([['bench', createSecretKey(secret)]]));
    const links = createLinkMinter({ keys, publicUrl: `http://127.0.0.1:${port}` }).linksFor({ id: 'anonymous' });
    const { url } = links.native('origin', { study: '1.2.3', series: '1.2.3.4', instance: '1.2.3.4.5' });
    await until(url);
    console.log(`\n${title.padEnd(17)}before     peak   growth    after   MB/s`);
    for (const pace of ['reading', 'pausing', 'reading', 'pausing']) await round(url, facade, pace);
  } finally {
    for (const child of children) child.kill();
    await rm(stateFolder, { recursive: true });
  }
}

async function round(url: string, facade: ChildProcess, pace: string): Promise<void> {
  await sleep(1_000);
  const before = await rssOf(facade);
  const started = performance.now();
  const crowd = fork(fileURLToPath(import.meta.url), ['clients', url, pace]);
  const ended = new Promise<number | null>((resolve) => crowd.once('exit', resolve));
  let isOver = false;
  const over = ended.then((code) => {
    isOver = true;
    if (code !== 0) throw new Error('Not every download came whole');
  });
  let peak = before;
  while (!isOver) {
    peak = Math.max(peak, await rssOf(facade));
    await sleep(20);
  }
  await over;
  const rate = (clients * bodyBytes) / 1_024 ** 2 / ((performance.now() - started) / 1_000);
  const after = await rssOf(facade);
  const cells = [before, peak, peak - before, after].map((bytes) => (bytes / 1_024 ** 2).toFixed(1).padStart(9));
  console.log(`${pace.padEnd(14)}${cells.join('')}${rate.toFixed(0).padStart(7)}`);
}

async function rssOf({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1_024;
}

/** An archive of which every instance is the same 64 MB. */
async function serveObjects(): Promise<void> {
  const chunk = randomBytes(1_024 ** 2);
  const head = Buffer.from(
    '--frontier\r\nContent-Type: application/dicom; transfer-syntax=1.2.840.10008.1.2.1\r\n\r\n',
  );
  const tail = Buffer.from('\r\n--frontier--\r\n');
  const server = createServer((request, response) => {
    if (!request.url?.includes('/instances/')) return response.writeHead(404).end();
    let left = bodyBytes / chunk.length;
    const write = (): void => {
      while (left > 0) {
        left--;
        if (!response.write(chunk) && left > 0) return void response.once('drain', write);
      }
      response.end(tail);
    };
    response.writeHead(200, {
      'content-type': 'multipart/related; type="application/dicom"; boundary=frontier',
      'content-length': head.length + bodyBytes + tail.length,
    });
    response.write(head);
    write();
    return response;
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

/** @param isPausing - Stops reading in the middle of the body. */
async function download(url: string, isPausing: boolean): Promise<void> {
  const one = () =>
    new Promise<void>((resolve, reject) => {
      get(url, { agent: false }, (response) => {
        let bytes = 0;
        let hasPaused = !isPausing;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (hasPaused || bytes < bodyBytes / 2) return;
          hasPaused = true;
          response.pause();
          setTimeout(() => response.resume(), pauseMs);
        });
        response.on('error', reject);
        response.on('end', () => (bytes === bodyBytes ? resolve() : reject(new Error(`${bytes} bytes`))));
      }).on('error', reject);
    });
  await Promise.all(Array.from({ length: clients }, one));
}

async function freePort(): Promise<number> {
  const server = createNetServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until the facade gives the whole of it once: the code is loaded then, and what it needs anyway is there. */
async function until(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const response = await fetch(url).catch(() => null);
    if (response?.ok && (await response.arrayBuffer()).byteLength === bodyBytes) return;
    await sleep(100);
  }
  throw new Error('The facade does not answer');
}
