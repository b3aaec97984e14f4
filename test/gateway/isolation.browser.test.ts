import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGateway } from '../../src/gateway/gateway.ts';
import { createRenderer } from '../../src/gateway/rendering/renderer.ts';
import { createHandler } from '../../src/http/handler.ts';
import type { PrincipalLinks } from '../../src/links/mint.ts';
import { createRevocationsInMemory } from '../../src/links/revocation.ts';
import { describeBrowser, openOffline, startBrowser } from '../support/browser.ts';
import { image, linkKeys, minterAt, noon } from '../support/links.ts';
import { createTestOrigin } from '../support/origin-client.ts';
import { type QuirkyOrigin, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';
import { watchedLog } from '../support/watched-log.ts';

/** Whatever a script of a hostile document can do leaves a trace: a request to /ran, of this server or of the one it came from. */
const hostile = `<!doctype html><title>Report</title><style>body { color: rgb(1, 2, 3) }</style>
<body onload="fetch('/ran')"><p>A report</p>
<script>document.title = 'ran'; new Image().src = '/ran';</script>
<img src="/ran" onerror="fetch('/ran')"><script src="/ran"></script><link rel="stylesheet" href="/ran">
<iframe src="/ran"></iframe><object data="/ran"></object><embed src="/ran"><form action="/ran"><button autofocus>x</button></form>
<meta http-equiv="refresh" content="0;url=/ran"><a id="link" href="javascript:fetch('/ran')">x</a></body>`;

/** Its script tries what sends something in Acrobat, then what a page could do; and tells that it ran, and what it found. */
const script = `for (const send of ['submitForm', 'getURL']) try { this[send]('/ran') } catch (refused) {}
try { app.launchURL('/ran') } catch (refused) {}
app.alert([typeof fetch, typeof XMLHttpRequest, typeof document, typeof window].join())`;
const pdf = `%PDF-1.7
1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj
4 0 obj<</S/JavaScript/JS(${script.replace(/[()\\]/g, '\\$&')})>>endobj
trailer<</Root 1 0 R>>
%%EOF`;

describeBrowser('in a browser', () => {
  let origin: QuirkyOrigin;
  let browser: Browser;
  let url: string;
  let links: PrincipalLinks;
  let allowed: string;
  let isolated: string;
  let other: string;
  const servers: Server[] = [];
  const asked: string[] = [];
  let preflights = 0;
  const closers: (() => Promise<unknown>)[] = [];

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const page: RequestListener = (request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('content-type', 'text/html');
    response.end(
      request.url === '/hostile' ? hostile : '<!doctype html><link rel="icon" href="data:,"><title>Page</title>',
    );
  };

  beforeAll(async () => {
    const png = await sharp({ create: { width: 9, height: 7, channels: 3, background: '#336699' } })
      .png()
      .toBuffer();
    const bodies = new Map<string, string | Buffer>([
      ['image/png', png],
      ['text/html', hostile],
      ['application/pdf', pdf],
    ]);
    origin = await startQuirkyOrigin((socket, { headers }) => {
      const type = headers.get('accept') ?? '';
      reply(socket, { headers: { 'content-type': type }, body: bodies.get(type) ?? '' });
    });
    [allowed, other] = await Promise.all([serve(page), serve(page)]);
    isolated = await serve((request, response) => {
      response.setHeader('cross-origin-embedder-policy', 'require-corp');
      response.setHeader('cross-origin-opener-policy', 'same-origin');
      page(request, response);
    });
    const client = createTestOrigin(origin.url, { capabilities: { renderedFormats: [...bodies.keys()] } });
    let handle: RequestListener = () => {};
    url = await serve((request, response) => {
      if (request.method === 'OPTIONS') preflights++;
      asked.push(request.url ?? '');
      handle(request, response);
    });
    const minter = minterAt(noon, { publicUrl: url });
    links = minter.linksFor({ id: 'anonymous' });
    const renderer = createRenderer();
    const gateway = createGateway({
      renderer,
      origins: new Map([['test', client]]),
      keys: linkKeys,
      revocations: createRevocationsInMemory(),
      minter,
      clock: () => noon * 1000,
    });
    const nothing: RequestListener = (_request, response) => response.end();
    const parts = {
      graphql: nothing,
      links: gateway,
      dicomweb: gateway,
      graphiql: null,
      metrics: null,
      isReady: () => true,
    };
    handle = createHandler(() => parts, {
      host: '127.0.0.1',
      publicUrl: url,
      corsOrigins: [allowed, isolated],
      maxBodyBytes: 1_000,
      log: watchedLog(),
    });
    browser = await startBrowser();
    closers.push(
      () => browser.close(),
      () => client.close(),
      () => origin.close(),
      () => renderer.close(),
    );
  });
  afterAll(async () => {
    for (const server of servers) server.closeAllConnections();
    for (const server of servers) server.close();
    for (const close of closers) await close();
  });

  const linkTo = (mediaType: string) => links.rendered('test', image, { mediaType }).url;

  async function open(address: string): Promise<Page> {
    const { context } = await openOffline(browser);
    const opened = await context.newPage();
    await opened.goto(address);
    return opened;
  }

  /** Shows an image as pages do; its width, or what it came to. */
  const shown = (on: Page, src: string, crossOrigin: boolean) =>
    on.evaluate(
      async ([address, isCors]) => {
        const element = new Image();
        if (isCors) element.crossOrigin = 'anonymous';
        element.src = address;
        return element.decode().then(
          () => element.naturalWidth,
          () => 'not shown',
        );
      },
      [src, crossOrigin] as const,
    );

  const fetched = (on: Page, address: string, headers: Record<string, string> = {}) =>
    on.evaluate(
      ([target, sent]) =>
        fetch(target, { headers: sent }).then(
          (response) => [response.status, response.headers.get('content-range')],
          () => 'refused',
        ),
      [address, headers] as const,
    );

  test('an image is shown, and read, by a page of an allowed origin', async () => {
    const on = await open(allowed);
    const link = linkTo('image/png');
    expect([await shown(on, link, true), await shown(on, link, false)]).toEqual([9, 9]);
    expect(await fetched(on, link)).toEqual([200, null]);
    await on.context().close();
  });

  test('an image is shown by an isolated page of an allowed origin, with and without CORS', async () => {
    const on = await open(isolated);
    expect(await on.evaluate(() => crossOriginIsolated)).toBe(true);
    const link = linkTo('image/png');
    expect([await shown(on, link, true), await shown(on, link, false)]).toEqual([9, 9]);
    await on.context().close();
  });

  test('a page of another origin reads nothing', async () => {
    const on = await open(other);
    const link = linkTo('image/png');
    expect(await fetched(on, link)).toBe('refused');
    expect(await fetched(on, link, { range: 'bytes=0-3' })).toBe('refused');
    expect(await shown(on, link, true)).toBe('not shown');
    await on.context().close();
  });

  test('a page of an allowed origin asks for ranges and versions, and reads what is told of them', async () => {
    const on = await open(allowed);
    const link = linkTo('image/png');
    expect(await fetched(on, link, { range: 'bytes=1-3' })).toEqual([206, expect.stringMatching(/^bytes 1-3\/\d+$/)]);
    expect(await fetched(on, link, { range: 'bytes=1-3', 'if-range': '"x"' })).toEqual([200, null]);
    expect(await fetched(on, link, { 'if-none-match': '"x"' })).toEqual([200, null]);
    await on.context().close();
  });

  test('a page asks once whether it may, and not again for the next request', async () => {
    // Where requests are looked at on their way (openOffline), and of conditional ones, Chromium keeps no preflight.
    const on = await (await browser.newContext()).newPage();
    await on.goto(allowed);
    preflights = 0;
    for (const range of ['bytes=1-3', 'bytes=4-', 'bytes=0-0,2-2'])
      await fetched(on, linkTo('image/png'), { range, pragma: 'x' });
    expect(preflights).toBe(1);
    await on.context().close();
  });

  test('the hostile document does run where nothing keeps it from it', async () => {
    asked.length = 0;
    const on = await open(`${other}/hostile`);
    await expect.poll(() => asked).toContain('/ran');
    await on.context().close();
  });

  test('nothing of a text/html document runs, loads or is sent', async () => {
    asked.length = 0;
    const on = await open(linkTo('text/html'));
    await on.waitForTimeout(500);
    expect(await on.title()).toBe('Report');
    expect(await on.locator('p').evaluate((element) => getComputedStyle(element).color)).toBe('rgb(1, 2, 3)');
    expect(await on.evaluate(() => origin)).toBe('null');
    await on.locator('button').click();
    await on.locator('#link').click();
    await on.waitForTimeout(200);
    expect(asked.filter((target) => !target.startsWith('/links/') && target !== '/favicon.ico')).toEqual([]);
    await on.context().close();
  });

  // Chromium shows a PDF in a viewer of its own, which a policy of the answer does not reach, with or without `sandbox`. So this
  // is about the viewer: what keeps a PDF away from us is that its scripts have nothing that a page has.
  test('a script of a PDF has nothing of a page, and sends nothing', async ({ skip }) => {
    const on = await (await browser.newContext()).newPage(); // openOffline would refuse the viewer's own files
    if (!(await on.evaluate(() => navigator.pdfViewerEnabled))) skip('this Chromium has no PDF viewer');
    asked.length = 0;
    const told = on.waitForEvent('dialog', { timeout: 15_000 });
    await on.goto(linkTo('application/pdf'));
    const dialog = await told;
    expect(dialog.message()).toBe('undefined,undefined,undefined,undefined');
    await dialog.dismiss();
    await on.waitForTimeout(300);
    expect(asked.filter((target) => !target.startsWith('/links/') && target !== '/favicon.ico')).toEqual([]);
    await on.context().close();
  });

  test('a document that a page of our own origin opens is out of its reach', async () => {
    const on = await open(`${url}/health`);
    const opened = on.context().waitForEvent('page');
    await on.evaluate((address) => {
      Object.assign(globalThis, { opened: window.open(address) });
    }, linkTo('text/html'));
    await (await opened).waitForLoadState();
    const reached = await on.evaluate(() => {
      try {
        return Reflect.get(globalThis, 'opened').document.title;
      } catch (error) {
        return error instanceof DOMException ? error.name : String(error);
      }
    });
    expect(reached).toBe('SecurityError');
    await on.context().close();
  });

  test('a document is shown in a frame of an isolated page, and does not run there', async () => {
    const on = await open(isolated);
    asked.length = 0;
    const loaded = on.waitForEvent('framenavigated');
    await on.evaluate((address) => {
      const frame = document.createElement('iframe');
      frame.src = address;
      document.body.append(frame);
    }, linkTo('text/html'));
    await loaded;
    await on.frameLocator('iframe').locator('p').getByText('A report').waitFor({ timeout: 5_000 });
    expect(asked.filter((target) => !target.startsWith('/links/'))).toEqual([]);
    await on.context().close();
  });
});
