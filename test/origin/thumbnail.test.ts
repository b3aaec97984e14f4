import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { parseUid } from '../../src/dicom/uid.ts';
import { retrieveThumbnail } from '../../src/origin/thumbnail.ts';
import { createTestOrigin, rejectionOf } from '../support/origin-client.ts';
import { json, type QuirkyAnswer, type Reply, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const study = parseUid('1.2');
const series = parseUid('1.2.3');
const instance = parseUid('1.2.3.4');
const image = { headers: { 'content-type': 'image/jpeg' }, body: 'jpeg' };
const instances = json([
  // A report, then an image.
  {
    '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.88.11'] },
    '00080018': { vr: 'UI', Value: ['1.2.3.3'] },
    '0020000E': { vr: 'UI', Value: ['1.2.3'] },
  },
  {
    '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] },
    '00080018': { vr: 'UI', Value: ['1.2.3.4'] },
    '0020000E': { vr: 'UI', Value: ['1.2.3'] },
    '00280010': { vr: 'US', Value: [64] },
    '00280011': { vr: 'US', Value: [64] },
  },
]);

/** Answers by what the path ends in. */
const byResource =
  (answers: Readonly<Record<string, Reply>>): QuirkyAnswer =>
  (socket, { target }) => {
    const path = target.split('?')[0] ?? '';
    const found = Object.entries(answers).find(([end]) => path.endsWith(end));
    reply(socket, found?.[1] ?? { status: 404 });
  };

test('is had from the thumbnail resource, of an object or of a frame', async () => {
  await using archive = await startQuirkyOrigin(byResource({ '/thumbnail': image }));
  await using origin = createTestOrigin(archive.url);
  const { body, mediaType } = await retrieveThumbnail(origin, { study }, {});
  expect([mediaType, (await buffer(body)).toString()]).toEqual(['image/jpeg', 'jpeg']);
  await retrieveThumbnail(origin, { study, series, instance, frame: 2 }, { viewport: { width: 64, height: 64 } });
  expect(archive.requests.map(({ target }) => target)).toEqual([
    '/dicom-web/studies/1.2/thumbnail',
    '/dicom-web/studies/1.2/series/1.2.3/instances/1.2.3.4/frames/2/thumbnail?viewport=64,64',
  ]);
});

test.each([404, 400, 406, 501, 303])(
  'is a small rendered image where the origin answers %i, which is learnt',
  async (status) => {
    const answers = { '/thumbnail': { status, headers: { location: './rendered' } }, '/rendered': image };
    await using archive = await startQuirkyOrigin(byResource(answers));
    await using origin = createTestOrigin(archive.url);
    const ref = { study, series, instance };
    for (let n = 0; n < 2; n++) {
      const { body } = await retrieveThumbnail(origin, ref, { viewport: { width: 64, height: 48 } });
      body.resume();
    }
    expect(archive.requests.map(({ target }) => target.split('/').at(-1))).toEqual([
      'thumbnail?viewport=64,48',
      'rendered?viewport=64,48',
      'rendered?viewport=64,48',
    ]);
    expect(origin.capabilities.evidence.find(({ capability }) => capability === 'thumbnails')).toMatchObject({
      supported: false,
      how: 'probed',
    });
  },
);

test('of a study is that of an instance with pixels where the origin renders no studies', async () => {
  const answers = { '/instances': instances, '1.2.3.4/rendered': image };
  await using archive = await startQuirkyOrigin(byResource(answers));
  await using origin = createTestOrigin(archive.url, { capabilities: { thumbnails: false } });
  const { body } = await retrieveThumbnail(origin, { study }, {});
  expect((await buffer(body)).toString()).toBe('jpeg');
  expect(archive.requests.map(({ target }) => target.split('?')[0])).toEqual([
    '/dicom-web/studies/1.2/rendered',
    '/dicom-web/studies/1.2/instances',
    '/dicom-web/studies/1.2/series/1.2.3/instances/1.2.3.4/rendered',
  ]);
});

test('of what is not there is NOT_FOUND, and nothing is learnt of it', async () => {
  await using archive = await startQuirkyOrigin(byResource({ '/instances': json([]) }));
  await using origin = createTestOrigin(archive.url);
  expect(await rejectionOf(retrieveThumbnail(origin, { study }, {}))).toMatchObject({ code: 'NOT_FOUND' });
  expect(await rejectionOf(retrieveThumbnail(origin, { study, series, instance }, {}))).toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(origin.capabilities.thumbnails).toBe(true);
});

test('of an origin that refuses us is ORIGIN_AUTH, after one request', async () => {
  await using archive = await startQuirkyOrigin((socket) => reply(socket, { status: 403 }));
  await using origin = createTestOrigin(archive.url);
  expect(await rejectionOf(retrieveThumbnail(origin, { study }, {}))).toMatchObject({ code: 'ORIGIN_AUTH' });
  expect(archive.requests).toHaveLength(1);
});
