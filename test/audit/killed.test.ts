import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hashLink } from '../../src/audit/link-audit.ts';
import { dicomFile, startTestArchive, tinyImage } from '../support/archive.ts';
import { readTrail, shortTrail } from '../support/audit.ts';
import { postFiles } from '../support/upload.ts';
import { lookThroughStream } from '../support/written.ts';

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
    '--log-level',
    'trace',
  ];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', cli, ...args], {
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = lookThroughStream(child.stderr);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await written;
  });
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

/** What answers that left had told. */
interface Answered {
  readonly searches: string[];
  /** Hashes of links that were given. */
  readonly given: Set<string>;
  /** Hashes of links that were opened, by the request that opened them. */
  readonly opened: Map<string, string>;
  /** Hashes of upload links, whose reports came. */
  readonly stored: string[];
}

const hashOf = (link: string): string => hashLink(link.split('/').at(-1) ?? '');

/** So many of the lanes send files, too. */
const uploadLanes = 3;

/** Ask and open links, as fast as it goes, until the process is gone; and note all that was answered. */
async function hammer(url: string, answered: Answered, lane: number): Promise<void> {
  const ask = (body: object) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  for (let round = 0; ; round++) {
    const response = await ask({ query, variables: { first: 1 + ((lane + round) % 8) } });
    const requestId = response.headers.get('x-request-id') ?? '';
    answered.searches.push(requestId); // its head is here: it left
    const links = linksIn(await response.text());
    for (const link of links) answered.given.add(hashOf(link));
    await Promise.all(
      links.map(async (link) => {
        const opened = await fetch(link);
        if (opened.status === 200) answered.opened.set(opened.headers.get('x-request-id') ?? '', hashOf(link));
        await opened.arrayBuffer();
      }),
    );
    if (lane >= uploadLanes) continue;
    const created = await ask({ query: 'mutation { createUpload(input: {}) { url } }' });
    const [upload = ''] = linksIn(await created.text());
    answered.given.add(hashOf(upload));
    const { stored } = await postFiles(upload, fileOf(`9${lane}`, `${round}`));
    if (stored.length === 1) answered.stored.push(hashOf(upload));
  }
}

const linksIn = (text: string): readonly string[] =>
  [...text.matchAll(/http:[^"]*\/links\/[^"]*/g)].map(([link]) => link);

const fileOf = (study: string, instance: string): Buffer =>
  dicomFile({
    ...tinyImage,
    StudyInstanceUID: `2.25.${study}1`,
    SeriesInstanceUID: `2.25.${study}2`,
    SOPInstanceUID: `2.25.${study}3.${instance}`,
  });

test('killed under load, the trail has every search, link, opening and stored file of which an answer left', async () => {
  const state = mkdtempSync(join(tmpdir(), 'killed-'));
  onTestFinished(() => rmSync(state, { recursive: true, force: true }));
  // The first study has more instances than one would name in a line.
  const files = Array.from({ length: 16 }, (_none, index) => fileOf(`${Math.max(1, index - 8)}`, `${index}`));
  await using archive = await startTestArchive({ files, writable: true });
  const { url, child } = await startProcess(state, archive.url);
  const answered: Answered = { searches: [], given: new Set(), opened: new Map(), stored: [] };
  const lanes = Array.from({ length: 12 }, (_none, lane) => hammer(url, answered, lane).catch(() => undefined));
  while (answered.opened.size < 500 || answered.stored.length < 4) await new Promise((done) => setTimeout(done, 20));
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
  const unknown = [...answered.opened].filter(([id, link]) => openings.get(id)?.details['link'] !== link);
  expect(unknown, 'links that were opened and nobody knows of').toEqual([]);
  expect(openings.size).toBeGreaterThanOrEqual(500);
  const linksOf = (kind: string) =>
    new Set(events.filter((event) => event.kind === kind).flatMap(({ details }) => details['link']?.split(' ') ?? []));
  const minted = linksOf('mint');
  expect(
    [...answered.given].filter((link) => !minted.has(link)),
    'links that were given and nobody knows of',
  ).toEqual([]);
  for (const kind of ['store', 'stored']) {
    const known = linksOf(kind);
    expect(
      answered.stored.filter((link) => !known.has(link)),
      `files that were stored, without an event ${kind}`,
    ).toEqual([]);
  }

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
