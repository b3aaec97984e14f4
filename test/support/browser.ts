import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { describe } from 'vitest';
import { requireOrigins } from './corpus.ts';

/** A Chromium that is there: CHROMIUM, or where Debian puts it. Nothing is downloaded. */
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const isAvailable = existsSync(executablePath);

if (requireOrigins && !isAvailable) throw new Error(`REQUIRE_ORIGINS=1, and there is no ${executablePath}`);

/** `describe` for tests in a real browser. Skipped with a visible word where there is none. */
export function describeBrowser(title: string, body: () => void): void {
  if (isAvailable) describe(title, body);
  else describe.skip(`${title} [skipped: no Chromium, set CHROMIUM]`, body);
}

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

/** A browser without a network beyond this machine, with a note of whatever asked for more. */
export interface OfflineContext {
  readonly context: BrowserContext;
  /** Requests to other machines, all refused. */
  readonly refused: readonly string[];
  /** What pages wrote to the console as errors, and threw. */
  readonly complaints: readonly string[];
}

export async function openOffline(browser: Browser): Promise<OfflineContext> {
  const refused: string[] = [];
  const complaints: string[] = [];
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  await context.route('**/*', (route) => {
    const { protocol, hostname } = new URL(route.request().url());
    const isHere = /^(data|blob):$/.test(protocol) || ['localhost', '127.0.0.1'].includes(hostname);
    if (isHere) return route.continue();
    refused.push(route.request().url());
    return route.abort();
  });
  context.on('weberror', (error) => complaints.push(error.error().message));
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return { context, refused, complaints };
}
