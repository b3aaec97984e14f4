import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dicomFile, startTestArchive } from '../support/archive.ts';
import { multipartOf } from '../support/upload.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'killed-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** An archive over the folder, as a process of its own that can be killed. */
async function startProcess() {
  const server = JSON.stringify(new URL('../../src/archive/server.ts', import.meta.url).href);
  const code = `const { startArchive } = await import(${server});
    console.log((await startArchive({ folder: ${JSON.stringify(folder)}, writable: true })).url);`;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', code]);
  const lines = createInterface(child.stdout);
  const [url] = (await once(lines, 'line')) as [string];
  const kill = async (): Promise<void> => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return { url, kill };
}

const study = '1.1';
const instances = Array.from({ length: 40 }, (_, n) =>
  dicomFile({
    StudyInstanceUID: study,
    SeriesInstanceUID: '1.1.1',
    SOPInstanceUID: `1.1.1.${n}`,
    PixelData: new Uint16Array(100_000).fill(n),
  }),
);

function post(url: string, bytes: Buffer, contentType: string, length: number) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(
    `POST /dicomweb/studies HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${contentType}\r\nContent-Length: ${length}\r\n\r\n`,
  );
  socket.write(bytes);
  return socket;
}

/** Waits until there are files in a folder below the archive's. */
async function filesIn(name: string, atLeast: number): Promise<string[]> {
  for (;;) {
    const names = await readdir(join(folder, name)).catch(() => []);
    if (names.length >= atLeast) return names;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

test('killed while a file is received, an archive has none of it, and its rest is gone after the next start', async () => {
  const { url, kill } = await startProcess();
  const { contentType, body } = multipartOf(instances);
  const socket = post(url, body.subarray(0, body.length / 2), contentType, body.length);
  expect((await filesIn('stow/.incoming', 5)).length).toBeGreaterThanOrEqual(5);
  await kill();
  socket.destroy();
  expect(await readdir(join(folder, 'stow'))).toEqual(['.incoming']);
  {
    await using readOnly = await startTestArchive({ folder });
    expect(readOnly.stats).toMatchObject({ instances: 0, skipped: 0 });
  }
  await using archive = await startTestArchive({ folder, writable: true });
  expect(archive.stats).toMatchObject({ instances: 0, skipped: 0 });
  expect(await readdir(join(folder, 'stow/.incoming'))).toEqual([]);
});

test.each([1, 7, 20])(
  'killed once %i files of 40 are in their places, an archive has whole files only',
  async (count) => {
    const { url, kill } = await startProcess();
    const { contentType, body } = multipartOf(instances);
    const socket = post(url, body, contentType, body.length);
    await filesIn(`stow/${study}`, count);
    await kill();
    socket.destroy();
    const names = await readdir(join(folder, 'stow', study));
    for (const name of names) {
      const number = Number(/^1\.1\.1\.(\d+)\.dcm$/.exec(name)?.[1]);
      expect((await readFile(join(folder, 'stow', study, name))).equals(instances[number] ?? Buffer.alloc(0))).toBe(
        true,
      );
    }
    await using archive = await startTestArchive({ folder, writable: true });
    expect(archive.stats).toMatchObject({ instances: names.length, skipped: 0, duplicates: 0 });
    expect(await readdir(join(folder, 'stow/.incoming'))).toEqual([]);
  },
);
