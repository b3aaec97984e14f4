import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseUid } from '../../src/dicom/uid.ts';
import { retrieveFrame } from '../../src/origin/frame.ts';
import { startTestArchive, type TestArchive } from '../support/archive.ts';
import { createTestOrigin } from '../support/origin-client.ts';
import { type Switches, startSwitchableOrigin } from '../support/switchable-origin.ts';
import { worldFiles } from './world.ts';

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files: worldFiles() });
});
afterAll(() => archive.close());

const ref = { study: parseUid('1.2.1'), series: parseUid('1.2.1.1'), instance: parseUid('1.2.1.1.1') };
/** Of tinyImage: 0, 1, 2, 3 in 16 bits, little endian. */
const stored = Buffer.from(Uint16Array.of(0, 1, 2, 3).buffer);

const ways: Readonly<Record<string, Switches>> = {
  'as multipart': {},
  'as a single part': { frames: 'single part' },
  'as multipart without the parameter boundary': { frames: 'no boundary parameter' },
  'compressed where the client allows it': { gzip: true },
  'in the transfer syntax that it likes': { transcodes: true },
};

describe.each(Object.entries(ways))('a frame that an archive gives %s', (_, switches) => {
  test('is the bytes that are stored', async () => {
    await using behind = await startSwitchableOrigin(archive.url, switches);
    await using origin = createTestOrigin(behind.url);
    const { body, transferSyntaxUid } = await retrieveFrame(origin, ref, 1, { transferSyntax: '*' });
    expect(await buffer(body)).toEqual(stored);
    expect(['1.2.840.10008.1.2.1', null]).toContain(transferSyntaxUid);
  });
});

describe('a frame that breaks off', () => {
  test.each(['truncated', 'reset', 'stall', 'html'] as const)(
    'by %s is an error, never a short success',
    async (fault) => {
      await using behind = await startSwitchableOrigin(archive.url, { fault });
      await using origin = createTestOrigin(behind.url);
      const read = async (): Promise<Buffer> => {
        const { body } = await retrieveFrame(origin, ref, 1, { transferSyntax: '*' });
        return buffer(body);
      };
      await expect(read()).rejects.toMatchObject({ code: expect.stringMatching(/^ORIGIN_/) });
    },
  );
});
