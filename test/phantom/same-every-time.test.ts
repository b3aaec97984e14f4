import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isUid } from '../../src/dicom/uid.ts';
import { phantomCatalogue } from '../../src/phantom/catalogue.ts';
import {
  createPhantomFiles,
  createPhantomStudies,
  type PhantomFile,
  phantomStudyKeys,
  writePhantomStudies,
} from '../../src/phantom/phantom-studies.ts';

const digests = (files: readonly PhantomFile[]): Map<string, string> =>
  new Map(files.map(({ path, bytes }) => [path, createHash('sha256').update(bytes).digest('hex')]));

describe('phantom studies are the same every time', () => {
  test('a study alone has the bytes that it has among the others, in whatever order they are made', async () => {
    const together = digests(await createPhantomFiles());
    const alone = new Map<string, string>();
    for (const study of phantomStudyKeys.toReversed()) {
      for (const [path, digest] of digests(await createPhantomFiles({ studies: [study] }))) alone.set(path, digest);
    }
    expect(alone.size).toBe(together.size);
    expect(Object.fromEntries(alone)).toEqual(Object.fromEntries(together));
  });

  test('the UIDs that documents and examples name do not change', () => {
    const uids = Object.fromEntries(
      Object.entries(phantomCatalogue).map(([key, study]) => [key, study.studyInstanceUID]),
    );
    expect(uids).toEqual({
      ctChest: '2.25.115401665561764904814109891230062706421',
      crChestPrior: '2.25.236713124152706147766607060736067117339',
      dxChest: '2.25.105305423277154289491197073473642546118',
      mrBrainPrior: '2.25.315132595474067176699699971094575493768',
      mrBrain: '2.25.95465641614183808822647993092761962323',
      usHeart: '2.25.310678497618478440984139184674780608797',
      ecgRest: '2.25.97621177224598844410131338104794640273',
      crHand: '2.25.266594082351794094090673609686218673895',
      qualityControl: '2.25.4697928394099301184175032489809536290',
    });
    expect(phantomCatalogue.ctChest.series.axial.seriesInstanceUID).toBe('2.25.64375170844143378168200073513895486573');
    expect(phantomCatalogue.ctChest.series.axial.sopInstanceUIDs[0]).toBe(
      '2.25.249132681728065091956296372634025058151',
    );
  });

  test('no two objects share a UID, and all are UUIDs below 2.25', () => {
    const uids = Object.values(phantomCatalogue).flatMap((study) => [
      study.studyInstanceUID,
      ...Object.values(study.series).flatMap((series) => [series.seriesInstanceUID, ...series.sopInstanceUIDs]),
    ]);
    expect(new Set(uids).size).toBe(uids.length);
    expect(uids.filter((uid) => !isUid(uid) || !/^2\.25\.[1-9]\d{30,38}$/.test(uid))).toEqual([]);
  });

  test('files written to a folder are those that are computed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'phantom-'));
    try {
      const { files } = await writePhantomStudies(folder, { studies: ['ecgRest', 'crHand'] });
      const written = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
      expect([files, written.length]).toEqual([3, 3]);
      for await (const { path, bytes } of createPhantomStudies({ studies: ['ecgRest'] })) {
        expect((await readFile(join(folder, path))).equals(bytes)).toBe(true);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
