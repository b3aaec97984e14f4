import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The program in a process of its own. */
export interface Program extends AsyncDisposable {
  readonly url: string;
  /** Resident memory, in bytes. */
  rss(): Promise<number>;
  /** Sockets that are open now. */
  sockets(): Promise<number>;
}

/** Starts the demo with a state folder of its own, and waits until it is ready. Needs Linux (/proc). */
export async function startProgram(flags: readonly string[]): Promise<Program> {
  const stateFolder = await mkdtemp(join(tmpdir(), 'bench-'));
  const cli = join(import.meta.dirname, '../../src/cli.ts');
  const args = [cli, 'demo', '--port', '0', '--state-folder', stateFolder, '--log-level', 'silent', ...flags];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.once('exit', () => reject(new Error(`The program did not start: ${output}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
      const [, found] = /^GraphiQL: (.*)\/graphql$/m.exec(output) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  while ((await fetch(`${url}/ready`)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 100));
  return {
    url,
    async rss() {
      const status = await readFile(`/proc/${child.pid}/status`, 'latin1');
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1_024;
    },
    async sockets() {
      const folder = `/proc/${child.pid}/fd`;
      const targets = await Promise.all(
        (await readdir(folder)).map((fd) => readlink(join(folder, fd)).catch(() => '')),
      );
      return targets.filter((target) => target.startsWith('socket:')).length;
    },
    async [Symbol.asyncDispose]() {
      await end(child, 'SIGTERM');
      await rm(stateFolder, { recursive: true, force: true });
    },
  };
}

/** An archive of the phantom studies in a process of its own. */
export interface ArchiveProcess {
  readonly port: number;
  /** By SIGKILL: no connection is closed in order. */
  kill(): Promise<void>;
}

/** Resolves once it listens. */
export async function startArchiveProcess(port: number): Promise<ArchiveProcess> {
  const child = fork(join(import.meta.dirname, 'archive.ts'), [String(port)]);
  await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('The archive did not start'))),
  ]);
  return { port, kill: () => end(child, 'SIGKILL') };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port');
  return address.port;
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}
