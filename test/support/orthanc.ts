import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { describe } from 'vitest';
import { type CorpusFile, corpus, corpusPath, requireOrigins, storable } from './corpus.ts';

/** What starts a real Orthanc: ORTHANC_SCRIPT, or beside the checkout. It installs Orthanc where it is missing. */
const script = process.env['ORTHANC_SCRIPT'] ?? resolve(import.meta.dirname, '../../../shared/origins/orthanc.sh');

/** Plain test runs install nothing: they use an Orthanc that is there. */
const isAvailable = existsSync(script) && corpus.length > 0 && (requireOrigins || existsSync('/usr/sbin/Orthanc'));

if (requireOrigins && !isAvailable) throw new Error(`REQUIRE_ORIGINS=1, and there is no ${script}`);

/** `describe` for tests against a real Orthanc that holds the corpus. Skipped with a visible word where there is none. */
export function describeOrthanc(title: string, body: () => void): void {
  if (isAvailable) describe(title, body);
  else describe.skip(`${title} [skipped: needs Orthanc and the DICOM corpus; REQUIRE_ORIGINS=1 demands them]`, body);
}

export interface RunningOrthanc extends AsyncDisposable {
  /** Base of its DICOMweb service. */
  readonly url: string;
  readonly credentials: { readonly kind: 'basic'; readonly user: string; readonly password: string };
  /** Instances that it holds. */
  readonly instances: number;
  stop(): Promise<void>;
}

/**
 * Starts Orthanc on a free port with an archive of its own, loaded with these files (default: all storable ones of the
 * corpus). Takes 5 to 15 s: start it once a file, in `beforeAll`, and stop it in `afterAll`.
 */
export async function startOrthanc(
  files: readonly (CorpusFile | Buffer)[] = storable,
  /** Beside the script's own variables: ORTHANC_STUDIES_METADATA and the like. */
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningOrthanc> {
  const folder = await mkdtemp(join(tmpdir(), 'orthanc-'));
  const dicom = join(folder, 'dicom');
  await mkdir(dicom);
  await Promise.all(
    files.map((file, index) => {
      const name = join(dicom, `${index}.dcm`);
      return Buffer.isBuffer(file) ? writeFile(name, file) : symlink(resolve(corpusPath(file)), name);
    }),
  );
  const credentials = { kind: 'basic', user: 'facade', password: 'facade-secret' } as const;
  const child = spawn(script, [String(await freePort()), join(folder, 'data'), dicom], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment, ORTHANC_USER: credentials.user, ORTHANC_PASSWORD: credentials.password },
  });
  const exited = once(child, 'exit');
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const tooLong = setTimeout(kill, 10_000);
      await exited;
      clearTimeout(tooLong);
    }
    await rm(folder, { recursive: true, force: true });
  };
  let log = '';
  child.stderr.on('data', (chunk) => {
    log = `${log}${chunk}`.slice(-4_000);
  });
  const ready = (async () => {
    for await (const line of createInterface(child.stdout)) {
      const match = /^ready (\S+) ([0-9]+) instances$/.exec(line);
      if (match) return { url: match[1] ?? '', instances: Number(match[2]) };
    }
    return null;
  })();
  const started = await Promise.race([ready, exited.then(() => null)]);
  if (started === null) {
    await stop();
    throw new Error(`Orthanc did not start:\n${log}`);
  }
  child.stdout.resume();
  return { ...started, credentials, stop, [Symbol.asyncDispose]: stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
