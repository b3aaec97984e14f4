import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startArchive } from '../../src/archive/server.ts';
import { part10, uids } from '../part10/part10-writer.ts';
import { dicomFile, startTestArchive } from '../support/archive.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archive-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const instance = (n: number, more = {}) =>
  dicomFile({ StudyInstanceUID: '1', SeriesInstanceUID: '1.1', SOPInstanceUID: `1.1.${n}`, ...more });

async function put(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), bytes);
}

describe('a folder of files', () => {
  test('is served at any depth and under any name', async () => {
    await put('IM000001', instance(1));
    await put('a/b/c/d/e/f/ü ?#%2f.jpg', instance(2));
    await put('.hidden/x', instance(3));
    await using archive = await startTestArchive({ folder });
    expect(archive.stats).toMatchObject({ studies: 1, series: 1, instances: 3, skipped: 0, duplicates: 0 });
    for (const n of [1, 2, 3]) {
      const response = await archive.get(`/studies/1/series/1.1/instances/1.1.${n}`);
      expect(Buffer.from(await response.arrayBuffer()).equals(instance(n))).toBe(true);
    }
  });

  test('may hold anything else: it is counted by reason, and skipped', async () => {
    await put('good', instance(1));
    await put('empty', '');
    await put('notes.txt', 'not DICOM');
    await put('film.mp4', Buffer.alloc(3_000_000, 1));
    await put('cut-off', instance(2).subarray(0, -1));
    await put('no-series', dicomFile({ StudyInstanceUID: '1', SOPInstanceUID: '1.1.3' }));
    await put('bad-uid', dicomFile({ StudyInstanceUID: '1/..', SeriesInstanceUID: '1.1', SOPInstanceUID: '1.1.4' }));
    await put('DICOMDIR', part10([], uids.explicit, [{ tag: '00020002', vr: 'UI', value: '1.2.840.10008.1.3.10' }]));
    await using archive = await startTestArchive({ folder });
    expect(archive.stats).toMatchObject({
      instances: 1,
      skipped: 7,
      skippedBecause: { 'not-part10': 3, truncated: 1, 'no-identity': 2, dicomdir: 1 },
    });
  });

  test('keeps the first of several files of one instance, by path, and counts the others', async () => {
    await put('b', instance(1, { PatientID: 'second' }));
    await put('a/z', instance(1, { PatientID: 'first' }));
    await put('c', instance(1, { PatientID: 'third' }));
    await using archive = await startTestArchive({ folder });
    expect(archive.stats).toMatchObject({ instances: 1, duplicates: 2 });
    expect((await archive.search('/studies'))[0]?.['00100020']?.Value).toEqual(['first']);
  });

  test('may link to itself, to others, and to nothing', async () => {
    await put('a/1', instance(1));
    await symlink(folder, join(folder, 'a/loop'));
    await symlink(join(folder, 'nowhere'), join(folder, 'dangling'));
    const elsewhere = await mkdtemp(join(tmpdir(), 'archive-'));
    await writeFile(join(elsewhere, '2'), instance(2));
    await symlink(elsewhere, join(folder, 'elsewhere'));
    try {
      await using archive = await startTestArchive({ folder });
      expect(archive.stats).toMatchObject({ instances: 2, skippedBecause: { unreadable: 1 } });
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  });

  test.skipIf(process.getuid?.() === 0)('may have files that cannot be read', async () => {
    await put('secret', instance(1));
    await chmod(join(folder, 'secret'), 0);
    await using archive = await startTestArchive({ folder });
    expect(archive.stats).toMatchObject({ instances: 0, skippedBecause: { unreadable: 1 } });
  });

  test('may be empty, or missing', async () => {
    await using empty = await startTestArchive({ folder });
    expect(await empty.search('/studies')).toEqual([]);
    await using missing = await startTestArchive({ folder: join(folder, 'nowhere') });
    expect(missing.stats).toMatchObject({ instances: 0, skippedBecause: { unreadable: 1 } });
  });

  test('can have its index in a file, which is written anew at each start', async () => {
    await put('1', instance(1));
    const databasePath = join(folder, 'index.sqlite');
    for (let i = 0; i < 2; i++) {
      await using archive = await startTestArchive({ folder, databasePath });
      expect(await archive.search('/instances')).toHaveLength(1);
    }
  });
});

describe('the server', () => {
  test('stops listening when it is closed, and can be closed twice', async () => {
    const archive = await startArchive({ files: [] });
    await archive.close();
    await expect(fetch(`${archive.url}/studies`)).rejects.toThrow();
    await expect(archive.close()).resolves.toBeUndefined();
  });

  test('says so where the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    await expect(startArchive({ files: [], port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await new Promise((resolve) => other.close(resolve));
  });

  test('outlives clients that leave in the middle of an answer', async () => {
    const large = dicomFile({
      StudyInstanceUID: '1',
      SeriesInstanceUID: '1.1',
      SOPInstanceUID: '1.1.1',
      PixelData: new Uint16Array(8_000_000),
    });
    await put('large', large);
    await using archive = await startTestArchive({ folder });
    const path = '/studies/1/series/1.1/instances/1.1.1';
    for (let i = 0; i < 5; i++) {
      await new Promise<void>((resolve) => {
        const request = get(`${archive.url}${path}`, (response) => {
          response.once('data', () => {
            response.destroy();
            resolve();
          });
        });
        request.on('error', () => resolve());
      });
    }
    const response = await archive.get(path);
    expect((await response.arrayBuffer()).byteLength).toBe(large.length);
  });
});
