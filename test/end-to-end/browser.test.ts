import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { phantomCatalogue } from '../../src/phantom/catalogue.ts';
import { describeBrowser, openOffline, startBrowser } from '../support/browser.ts';
import { startTestFacade, type TestFacade } from '../support/facade.ts';

const [cine] = phantomCatalogue.usHeart.series.cine.sopInstanceUIDs;

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

  test('has GraphiQL whole and offline, with the examples in tabs, the first of which runs', async () => {
    const { context, refused, complaints } = await openOffline(browser);
    const page = await context.newPage();
    await page.goto(`${demo.url}/graphql`);
    const tabs = page.locator('.graphiql-tab');
    await tabs.first().waitFor();
    expect((await tabs.allInnerTexts()).slice(0, 10)).toEqual([
      'StudyList',
      'StudyTree',
      'Worklist',
      'FramesOfASeries',
      'RenderedImages',
      'AnyAttribute',
      'PersonNames',
      'BulkData',
      'Origins',
      'Dictionary',
    ]);
    await page.locator('.graphiql-execute-button').click();
    const result = page.locator('.result-window');
    await result.getByText('studyInstanceUID').first().waitFor();
    const text = await result.innerText();
    expect(text).toContain('"searchStudies"');
    expect(text).not.toContain('"errors"');

    // The schema came, and with it the documentation.
    await page.getByLabel('Show Documentation Explorer').click();
    await page.locator('.graphiql-doc-explorer').getByText('query', { exact: false }).first().waitFor();
    expect({ refused, complaints }).toEqual({ refused: [], complaints: [] });
    await context.close();
  });
});
