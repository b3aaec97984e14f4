import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRenderer, type RenderingBounds } from '../../src/gateway/rendering/renderer.ts';
import { ctImage, dicomFile, startTestArchive, type TestArchive, tinyImage } from '../support/archive.ts';
import { pathOf, rawRequest, startTestGateway } from '../support/gateway.ts';
import { image } from '../support/links.ts';
import { json, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';
import { readPicture } from '../support/render.ts';
import { type Switches, startSwitchableOrigin } from '../support/switchable-origin.ts';
import { vendorSwitches } from '../support/vendor-origins.ts';

const uids = { StudyInstanceUID: image.study, SeriesInstanceUID: image.series, SOPInstanceUID: image.instance };
const report = { ...uids, SOPInstanceUID: '1.9', SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.33' };

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files: [dicomFile({ ...uids, ...tinyImage }), dicomFile(report)] });
});
afterAll(() => archive.close());

const png = { mediaType: 'image/png' };
const resourceOf = (target: string) => target.split('?')[0]?.replace(/^.*\/instances\/[0-9.]+\//, '');
const evidenceOf = (gateway: Awaited<ReturnType<typeof startTestGateway>>) =>
  gateway.origin.capabilities.evidence.find(({ capability }) => capability === 'rendering');

describe('an origin that answers a rendered request', () => {
  test.each([404, 501] as const)('with %i has the gateway draw, and is not asked to render again', async (rendered) => {
    await using behind = await startSwitchableOrigin(archive.url, { rendered });
    await using gateway = await startTestGateway(behind.url);
    for (let n = 0; n < 2; n++) {
      const response = await fetch(gateway.links.rendered('test', image, png).url);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
    }
    expect(behind.requests.map(resourceOf)).toEqual(['rendered', 'metadata', 'frames/1', 'metadata', 'frames/1']);
    expect(evidenceOf(gateway)).toMatchObject({ supported: false, how: 'probed' });
  });

  test.each([400, 406, 500] as const)('with %i has the gateway draw this one, and is asked again', async (rendered) => {
    await using behind = await startSwitchableOrigin(archive.url, { rendered });
    await using gateway = await startTestGateway(behind.url);
    const response = await fetch(gateway.links.rendered('test', image, png).url);
    expect(response.status).toBe(200);
    expect(evidenceOf(gateway)).toMatchObject({ supported: true, how: 'documented' });
    behind.set({});
    behind.requests.length = 0;
    expect((await fetch(gateway.links.rendered('test', image, png).url)).status).toBe(200);
    expect(behind.requests.map(resourceOf)).toEqual(['rendered']);
  });

  test('with 503 is down: nothing is drawn', async () => {
    await using behind = await startSwitchableOrigin(archive.url, { rendered: 503 });
    await using gateway = await startTestGateway(behind.url, { retries: 0 });
    const response = await fetch(gateway.links.rendered('test', image, png).url);
    expect([response.status, await response.json()]).toMatchObject([502, { code: 'ORIGIN_ERROR' }]);
    expect(behind.requests.map(resourceOf)).toEqual(['rendered']);
  });

  test('with 404 for what is not there, says so', async () => {
    await using behind = await startSwitchableOrigin(archive.url, { rendered: 404 });
    await using gateway = await startTestGateway(behind.url);
    const response = await fetch(gateway.links.rendered('test', { ...image, instance: '9.9' }, png).url);
    expect(response.status).toBe(404);
    expect(evidenceOf(gateway)).toMatchObject({ supported: true, how: 'documented' });
  });

  test('with 404 for a report, which neither can draw, is told apart from one that is missing', async () => {
    await using behind = await startSwitchableOrigin(archive.url, { rendered: 404 });
    await using gateway = await startTestGateway(behind.url);
    const response = await fetch(gateway.links.rendered('test', { ...image, instance: '1.9' }, png).url);
    expect(response.status).toBe(406);
    expect(evidenceOf(gateway)).toMatchObject({ supported: true, how: 'documented' });
  });

  test('with 500 for a report has what it said told', async () => {
    await using behind = await startSwitchableOrigin(archive.url, { rendered: 500 });
    await using gateway = await startTestGateway(behind.url);
    const response = await fetch(gateway.links.rendered('test', { ...image, instance: '1.9' }, png).url);
    expect([response.status, await response.json()]).toMatchObject([502, { code: 'ORIGIN_ERROR' }]);
  });

  test('without a thumbnail has the gateway draw one', async () => {
    await using behind = await startSwitchableOrigin(archive.url, { rendered: 404 });
    await using gateway = await startTestGateway(behind.url);
    const response = await fetch(gateway.links.thumbnail('test', { study: image.study }, { width: 1 }).url);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    expect(await readPicture(new Uint8Array(await response.arrayBuffer()))).toMatchObject({ width: 1, height: 1 });
  });

  test('in another media type than the one that was asked for has the gateway draw', async () => {
    await using behind = await startSwitchableOrigin(archive.url);
    await using gateway = await startTestGateway(behind.url, { capabilities: { renderedFormats: ['image/jpeg'] } });
    const response = await fetch(gateway.links.rendered('test', image, { mediaType: 'image/webp' }).url);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/webp']);
    expect(behind.requests.map(resourceOf)).toEqual(['metadata', 'frames/1']);
  });
});

describe('an origin whose renderer ignores a parameter', () => {
  test('is asked without it only', async () => {
    await using behind = await startSwitchableOrigin(archive.url, { rendered: 'without parameters' });
    await using gateway = await startTestGateway(behind.url, { capabilities: { renderingParameters: [] } });
    const { url } = gateway.links.rendered('test', image, { ...png, viewport: { width: 10, height: 10 } });
    expect(await readPicture(new Uint8Array(await (await fetch(url)).arrayBuffer()))).toMatchObject({ width: 10 });
    expect(behind.requests.map(resourceOf)).toEqual(['metadata', 'frames/1']);
    behind.requests.length = 0;
    expect((await fetch(gateway.links.rendered('test', image, png).url)).status).toBe(200);
    expect(behind.requests.map(resourceOf)).toEqual(['rendered']);
  });
});

describe('an image is drawn in front of an archive that behaves as', () => {
  const archives: readonly (readonly [
    name: string,
    switches: Switches,
    config: object,
    requests: readonly string[],
  ])[] = [
    [
      'AWS HealthImaging',
      vendorSwitches['aws-healthimaging'],
      { profile: 'aws-healthimaging' },
      ['metadata', 'frames/1'],
    ],
    [
      'static-dicomweb',
      { ...vendorSwitches['static-dicomweb'], frames: 'no boundary parameter' },
      { profile: 'static-dicomweb' },
      [`/studies/${image.study}/series/${image.series}/metadata`, 'frames/1'],
    ],
    [
      'one that sends frames as single parts and compresses everything',
      { frames: 'single part', gzip: true, rendered: 404 },
      { capabilities: { rendering: false } },
      ['metadata', 'frames/1'],
    ],
    [
      'one that decodes whatever it is asked for',
      { transcodes: true, rendered: 404 },
      { capabilities: { rendering: false } },
      ['metadata', 'frames/1'],
    ],
  ];

  test.each(archives)('%s', async (_, switches, config, requests) => {
    await using behind = await startSwitchableOrigin(archive.url, { rendered: 404, ...switches });
    await using gateway = await startTestGateway(behind.url, config);
    const response = await fetch(gateway.links.rendered('test', image, png).url);
    expect(response.status).toBe(200);
    expect([...(await readPicture(new Uint8Array(await response.arrayBuffer()))).data]).toEqual([0, 85, 170, 255]);
    expect(behind.requests.map(resourceOf)).toEqual(requests);
    for (const ref of [{ study: image.study }, { study: image.study, series: image.series }]) {
      expect((await fetch(gateway.links.thumbnail('test', ref).url)).status).toBe(200);
    }
  });
});

describe('what an origin renders besides pictures goes through as it is', () => {
  test.each(['image/gif', 'video/mp4', 'application/pdf', 'text/html'])('%s', async (mediaType) => {
    await using origin = await startQuirkyOrigin((socket) =>
      reply(socket, { headers: { 'content-type': mediaType }, body: 'rendered' }),
    );
    await using gateway = await startTestGateway(origin.url, { capabilities: { renderedFormats: [mediaType] } });
    const response = await fetch(gateway.links.rendered('test', image, { mediaType }).url);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, mediaType]);
    expect(await response.text()).toBe('rendered');
    expect(origin.requests[0]?.headers.get('accept')).toBe(mediaType);
  });
});

describe('drawing is bounded', () => {
  const side = 100;
  const tags = {
    '0020000D': { vr: 'UI', Value: [image.study] },
    '0020000E': { vr: 'UI', Value: [image.series] },
    '00080018': { vr: 'UI', Value: [image.instance] },
    '00080016': { vr: 'UI', Value: [ctImage] },
    '00280004': { vr: 'CS', Value: ['MONOCHROME2'] },
    '00280010': { vr: 'US', Value: [side] },
    '00280011': { vr: 'US', Value: [side] },
    '00280100': { vr: 'US', Value: [8] },
  };

  /** Frames come when they are let go. */
  async function startSlow(bounds: RenderingBounds, frame: Buffer = Buffer.alloc(side * side)) {
    const held: (() => void)[] = [];
    let isLetGo = false;
    const letGo = (): void => {
      for (const send of held.splice(0)) send();
    };
    const origin = await startQuirkyOrigin((socket, { target }) => {
      if (target.endsWith('/metadata')) return reply(socket, json([tags]));
      held.push(() => reply(socket, { headers: { 'content-type': 'application/octet-stream' }, body: frame }));
      if (isLetGo) letGo();
    });
    const renderer = createRenderer(bounds);
    const gateway = await startTestGateway(
      origin.url,
      { capabilities: { rendering: false } },
      {},
      {
        gateway: { renderer },
      },
    );
    const linkOf = (center: number): string =>
      gateway.links.rendered('test', image, { ...png, window: { center, width: 2 } }).url;
    return {
      held,
      letGo,
      letAllGo: () => {
        isLetGo = true;
      },
      linkOf,
      frames: () => origin.requests.filter(({ target }) => target.includes('/frames/')).length,
      open: (center: number) => rawRequest(gateway.port, pathOf(linkOf(center))),
      async [Symbol.asyncDispose]() {
        letGo();
        await gateway.close();
        await renderer.close();
        await origin.close();
      },
    };
  }

  test('by images that wait: one more is told to come again, before the origin is asked', async () => {
    await using slow = await startSlow({ workers: 1, maxQueuedImages: 1 });
    const first = [slow.open(1), slow.open(2)];
    await expect.poll(() => slow.held.length).toBe(2);
    const { status, headers, body } = await slow.open(3);
    expect([status, headers['retry-after'], JSON.parse(body).code]).toEqual([503, '1', 'UNAVAILABLE']);
    expect(slow.frames()).toBe(2);
    slow.letGo();
    expect((await Promise.all(first)).map((answer) => answer.status)).toEqual([200, 200]);
  });

  test('by memory: a frame is not fetched before there is room for it', async () => {
    // An image takes five times its pixels, and three for the picture: there is room for one.
    await using slow = await startSlow({ maxBytes: 12 * side * side });
    const answers = [slow.open(1), slow.open(2)];
    await expect.poll(() => slow.held.length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(slow.frames()).toBe(1);
    slow.letGo();
    await expect.poll(() => slow.held.length).toBe(1);
    slow.letGo();
    expect((await Promise.all(answers)).map((answer) => answer.status)).toEqual([200, 200]);
  });

  test('by pixels', async () => {
    await using slow = await startSlow({ maxPixels: side * side - 1 });
    expect((await slow.open(1)).status).toBe(406);
    expect(slow.frames()).toBe(0);
  });

  test('by the bytes of a frame', async () => {
    await using slow = await startSlow({}, Buffer.alloc(2 * side * side + 65_537));
    const answer = slow.open(1);
    await expect.poll(() => slow.held.length).toBe(1);
    slow.letGo();
    expect((await answer).status).toBe(406);
  });

  test('and a client that is gone leaves its place to another', async () => {
    await using slow = await startSlow({ workers: 1, maxQueuedImages: 0 });
    const controller = new AbortController();
    const gone = fetch(slow.linkOf(1), { signal: controller.signal });
    await expect.poll(() => slow.held.length).toBe(1);
    controller.abort();
    await expect(gone).rejects.toThrow();
    slow.letAllGo();
    // Until the gateway has seen that the client is gone, there is no place.
    await expect.poll(async () => (await slow.open(2)).status).toBe(200);
  });
});
