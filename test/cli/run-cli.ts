import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { lookThrough } from '../support/written.ts';

const cli = join(import.meta.dirname, '../../src/cli.ts');

/** The program as a person starts it: its own process, and nothing of this one's settings. */
function spawnCli(args: readonly string[], environment: Readonly<Record<string, string>>): ChildProcess {
  const state = mkdtempSync(join(tmpdir(), 'dicomweb-graphql-test-'));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', cli, ...args], {
    env: { PATH: process.env['PATH'] ?? '', XDG_STATE_HOME: state, ...environment },
    cwd: state,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(state, { recursive: true, force: true });
  });
  return child;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs to the end. */
export async function runCli(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return collect(spawnCli(args, environment)).ended;
}

export interface Running {
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ended: Promise<Ended>;
  /** Resolves with the first match in what it printed; rejects when it ends before. */
  readonly printed: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly kill: (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => void;
}

/** Runs until it is told to stop, at the latest when the test is done. */
export const startCli = (args: readonly string[], environment: Readonly<Record<string, string>> = {}): Running =>
  collect(spawnCli(args, environment));

function collect(child: ChildProcess): Running {
  const text = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
      if (name === 'stderr') lookThrough(chunk); // on stdout is what was asked for: the help, the schema
      for (const look of waiting) look();
    });
  }
  const ended = once(child, 'close').then(([code]): Ended => ({ code, ...text }));
  const printed = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(text.stdout);
        if (match === null) return;
        waiting.delete(look);
        resolve(match);
      };
      waiting.add(look);
      look();
      void ended.then(({ stdout, stderr }) => reject(new Error(`It ended without ${pattern}:\n${stdout}\n${stderr}`)));
    });
  return {
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    ended,
    printed,
    kill: (signal) => void child.kill(signal),
  };
}
