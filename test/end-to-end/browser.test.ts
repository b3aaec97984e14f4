import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Response } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { packageRoot } from '../../src/config/package-root.ts';
import { phantomCatalogue } from '../../src/phantom/catalogue.ts';
import { describeBrowser, openOffline, startBrowser } from '../support/browser.ts';
import { startTestFacade, type TestFacade } from '../support/facade.ts';

const [cine] = phantomCatalogue.usHeart.series.cine.sopInstanceUIDs;

/** `02-study-tree.graphql` holds StudyTree. */
const operationName = (file: string): string =>
  file.replace(/^\d+-|\.graphql$/g, '').replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** What the page below does, as a frontend would: one query, an image, a frame and the metadata. */
const script = `
  const query = \`query($uid: UID!) { instance(sopInstanceUID: $uid) { retrieve {
    rendered(format: PNG) { url } metadata { url } frame(number: 1) { native(transferSyntaxUID: "1.2.840.10008.1.2.1") { url } }
  } } }\`;
  async function show({ facade, uid }) {
    const answer = await fetch(facade + '/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { uid } }),
    });
    const { rendered, metadata, frame } = (await answer.json()).data.instance.retrieve;
    const image = new Image();
    image.src = rendered.url;
    document.body.append(image);
    await image.decode();
    const pixels = await fetch(frame.native.url, { headers: { accept: 'application/octet-stream; transfer-syntax="*"' } });
    const [dataSet] = await (await fetch(metadata.url)).json();
    return {
      image: [image.naturalWidth, image.naturalHeight],
      frame: (await pixels.arrayBuffer()).byteLength,
      instance: dataSet['00080018'].Value[0],
    };
  }`;

describeBrowser('a browser', () => {
  let demo: TestFacade;
  let browser: Browser;
  let frontend: Server;
  beforeAll(async () => {
    frontend = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<!doctype html><link rel="icon" href="data:,"><title>Frontend</title><script>${script}</script>`);
    }).listen(0, '127.0.0.1');
    [demo, browser] = await Promise.all([startTestFacade(), startBrowser(), once(frontend, 'listening')]);
  });
  afterAll(async () => {
    expect(demo.faults).toEqual([]);
    await browser.close();
    frontend.close();
    await demo.close();
  });

  test('shows an image and fetches a frame and metadata from a page on another port', async () => {
    const { context, refused, complaints } = await openOffline(browser);
    const page = await context.newPage();
    await page.goto(`http://localhost:${(frontend.address() as AddressInfo).port}/`);
    const shown = await page.evaluate(
      ([facade, uid]) => (globalThis as unknown as { show(of: object): Promise<object> }).show({ facade, uid }),
      [demo.url, cine],
    );
    expect(shown).toEqual({ image: [352, 288], frame: 352 * 288 * 3, instance: cine });
    expect({ refused, complaints }).toEqual({ refused: [], complaints: [] });
    await context.close();
  });

  test('has GraphiQL whole and offline, with the examples in tabs that open and run', async () => {
    const { context, refused, complaints } = await openOffline(browser);
    const page = await context.newPage();
    await page.goto(`${demo.url}/graphql`);
    const tabs = page.getByRole('tab');
    await tabs.first().waitFor();
    const names = (await readdir(join(packageRoot, 'schema', 'operations'))).sort();
    expect(await tabs.allInnerTexts()).toEqual(names.map(operationName));

    const run = page.getByRole('button', { name: 'Execute query (Ctrl-Enter)' });
    for (const name of ['StudyList', 'BulkData']) {
      await tabs.getByText(name, { exact: true }).click();
      // GraphiQL knows which operation a tab has a moment after it was opened: until then it sends nothing.
      const answer = await vi.waitFor(
        async () => {
          const isAnswer = (response: Response) => response.request().postDataJSON()?.operationName === name;
          const [response] = await Promise.all([page.waitForResponse(isAnswer, { timeout: 1_500 }), run.click()]);
          return await response.json();
        },
        { timeout: 15_000, interval: 200 },
      );
      const { extensions: _cost, ...told } = answer;
      expect([name, told]).toEqual([name, { data: expect.any(Object) }]);
      await run.waitFor();
    }

    // The answer is shown, and the schema came, and with it the documentation.
    await page.locator('.result-window').getByText('"EncapsulatedDocument"').first().waitFor();
    await page.getByLabel('Show Documentation Explorer').click();
    const documentation = page.locator('.graphiql-doc-explorer');
    await documentation.getByText('Query', { exact: true }).click();
    await documentation.getByText('searchStudies').waitFor();
    expect({ refused, complaints }).toEqual({ refused: [], complaints: [] });
    await context.close();
  }, 60_000);
});
