import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeApiKey } from '../../src/access/api-keys.ts';
import { describeBrowser, openOffline, startBrowser } from '../support/browser.ts';
import { startTestFacade, type TestFacade } from '../support/facade.ts';

const { key, sha256 } = makeApiKey('person');

describeBrowser('GraphiQL in front of access control', () => {
  let facade: TestFacade;
  let browser: Browser;
  beforeAll(async () => {
    const access = { apiKeys: [{ id: 'person', sha256, scopes: ['search' as const, 'patient-data' as const] }] };
    [facade, browser] = await Promise.all([startTestFacade({ access }), startBrowser()]);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await facade.close();
  });

  test('asks with the credentials of its Headers tab, and keeps them nowhere', async () => {
    const { context } = await openOffline(browser);
    const page = await context.newPage();
    const answers: number[] = [];
    page.on('response', (response) => {
      if (response.request().method() === 'POST') answers.push(response.status());
    });
    await page.goto(`${facade.url}/graphql`);
    await page.getByRole('tab').first().waitFor();
    await vi.waitFor(() => expect(answers).toContain(401), { timeout: 20_000 }); // the schema, without credentials

    await page.getByRole('button', { name: 'Headers' }).click();
    await page.locator('.graphiql-editor-tool .monaco-editor').last().click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText(JSON.stringify({ authorization: `Bearer ${key}` }));
    answers.length = 0;
    await page.getByRole('button', { name: /Re-fetch GraphQL schema/ }).click();
    await vi.waitFor(() => expect(answers).toContain(200), { timeout: 20_000 });

    await vi.waitFor(
      async () => {
        await page.getByRole('button', { name: 'Execute query (Ctrl-Enter)' }).click();
        await page.locator('.result-window').getByText('"searchStudies"').first().waitFor({ timeout: 2_000 });
      },
      { timeout: 30_000, interval: 200 },
    );
    const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    expect(stored).not.toContain(key);
    await context.close();
  }, 120_000);
});
