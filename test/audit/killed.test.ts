import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hashLink } from '../../src/audit/link-audit.ts';
import { dicomFile, startTestArchive, tinyImage } from '../support/archive.ts';
import { readTrail, shortTrail } from '../support/audit.ts';

const cli = join(import.meta.dirname, '../../src/cli.ts');

/** The program in a process of its own, with a trail in which each request to a link is an event. */
async function startProcess(
  state: string,
  origin: string,
): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const args = [
    '--origin',
    origin,
    '--port',
    '0',
    '--state-folder',
    state,
    '--audit-enabled',
    '--audit-window-seconds',
    '0',
  ];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', cli, ...args], {
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let printed = '';
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    printed += chunk;
    const [, url] = /(http:\/\/127\.0\.0\.1:\d+)\/graphql/.exec(printed) ?? [];
    if (url !== undefined) {
      child.stdout?.resume();
      return { url, child };
    }
  }
  throw new Error(`It ended: ${printed}`);
}

const query = `query($first: Int) {
  searchStudies(first: $first) { nodes { series { nodes { instances { nodes { retrieve { native { url } metadata { url } } } } } } } }
}`;

/** Ask and open links, as fast as it goes, until the process is gone; and note all that was answered. */
async function hammer(
  url: string,
  answered: { searches: string[]; links: Map<string, string> },
  lane: number,
): Promise<void> {
  for (let round = 0; ; round++) {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { first: 1 + ((lane + round) % 8) } }),
    });
    const requestId = response.headers.get('x-request-id') ?? '';
    answered.searches.push(requestId); // its head is here: it left
    const text = await response.text();
    const links = [...text.matchAll(/http:[^"]*\/links\/[^"]*/g)].map(([link]) => link);
    await Promise.all(
      links.map(async (link) => {
        const opened = await fetch(link);
        if (opened.status === 200)
          answered.links.set(opened.headers.get('x-request-id') ?? '', hashLink(link.split('/').at(-1) ?? ''));
        await opened.arrayBuffer();
      }),
    );
  }
}

test('killed under load, the trail has every search and every opened link of which an answer left', async () => {
  const state = mkdtempSync(join(tmpdir(), 'killed-'));
  onTestFinished(() => rmSync(state, { recursive: true, force: true }));
  const files = Array.from({ length: 8 }, (_none, index) =>
    dicomFile({
      ...tinyImage,
      StudyInstanceUID: `2.25.${index}1`,
      SeriesInstanceUID: `2.25.${index}2`,
      SOPInstanceUID: `2.25.${index}3`,
    }),
  );
  await using archive = await startTestArchive({ files });
  const { url, child } = await startProcess(state, archive.url);
  const answered = { searches: [] as string[], links: new Map<string, string>() };
  const lanes = Array.from({ length: 12 }, (_none, lane) => hammer(url, answered, lane).catch(() => undefined));
  while (answered.links.size < 500) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGKILL');
  await once(child, 'exit');
  await Promise.all(lanes);

  const folder = join(state, 'audit');
  const events = await shortTrail(folder);
  const told = (kind: string) =>
    new Map(events.filter((event) => event.kind === kind).map((event) => [event.requestId, event]));
  const searches = told('search');
  expect(
    answered.searches.filter((id) => !searches.has(id)),
    'searches that nobody knows of',
  ).toEqual([]);
  const openings = told('redeem');
  const unknown = [...answered.links].filter(([id, link]) => openings.get(id)?.details['link'] !== link);
  expect(unknown, 'links that were opened and nobody knows of').toEqual([]);
  expect(openings.size).toBeGreaterThanOrEqual(500);

  // A crash of the machine leaves half a line: the next run begins a file of its own, and cuts it off.
  const [name = ''] = readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
  appendFileSync(join(folder, name), '{"resourceType":"AuditEv');
  const again = await startProcess(state, archive.url);
  expect((await fetch(`${again.url}/health`)).status).toBe(200);
  again.child.kill('SIGTERM');
  await once(again.child, 'exit');
  const texts = readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  expect(texts).toHaveLength(2);
  expect((await readTrail(folder)).at(-1)?.subtype.at(-1)?.code, 'stopped as it should').toBe('stop');
  for (const line of texts.join('').trimEnd().split('\n'))
    expect(JSON.parse(line)).toMatchObject({ resourceType: 'AuditEvent' });
}, 60_000);
