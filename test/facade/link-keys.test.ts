import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../src/http/log.ts';
import { loadConfig, startFacade } from '../../src/index.ts';
import { startCli } from '../cli/run-cli.ts';
import { dicomFile, tinyImage } from '../support/archive.ts';
import { openLink, startTestFacade } from '../support/facade.ts';
import { lookThrough } from '../support/written.ts';

const study = '1.3.6.1.4.1.14519.5.2.1.7009.2403.334240657131972136850343327463';
const image = dicomFile({
  ...tinyImage,
  StudyInstanceUID: study,
  SeriesInstanceUID: '1.1.1',
  SOPInstanceUID: '1.1.1.1',
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.4', // MR Image
  BurnedInAnnotation: 'NO',
});
const operation = `{ instance(sopInstanceUID: "1.1.1.1") { retrieve {
  native { url } metadata { url }
  frameTemplate { template } renderedFrameTemplate { template }
} } }`;
const native = '{ instance(sopInstanceUID: "1.1.1.1") { retrieve { native { url } } } }';

const line = (id: string, byte: string) => `${id}:${byte.repeat(32)}\n`;
const [old, next] = [line('old', 'ab'), line('new', 'cd')];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dicomweb-graphql-test-'));
  writeFileSync(join(folder, 'image'), image);
});
afterAll(() => rmSync(folder, { recursive: true }));

function scratch(): string {
  const made = mkdtempSync(join(tmpdir(), 'dicomweb-graphql-test-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A file of keys that is exchanged as a whole. */
function keysFile(contents: string) {
  const file = join(scratch(), 'keys');
  const write = (text: string): void => {
    writeFileSync(`${file}.draft`, text);
    renameSync(`${file}.draft`, file);
  };
  write(contents);
  return { file, write };
}

interface NativeLink {
  readonly instance: { readonly retrieve: { readonly native: { readonly url: string } } };
}

/** The program with its log. */
async function startLogged(file: string) {
  const log: string[] = [];
  const settings = { folder, port: 0, stateFolder: scratch(), links: { keysFile: file } };
  const facade = await startFacade(await loadConfig('demo', { settings }), {
    log: createLog('info', {
      write(line) {
        lookThrough(line);
        log.push(line);
      },
    }),
  });
  onTestFinished(() => facade.close());
  await facade.ready();
  const mint = async (): Promise<string> => {
    const response = await fetch(`${facade.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: native }),
    });
    const { data } = (await response.json()) as { data: NativeLink };
    return data.instance.retrieve.native.url;
  };
  return { facade, log, mint };
}

const keyIdOf = (url: string): string =>
  Buffer.from(new URL(url).pathname.slice('/links/'.length), 'base64url').toString('latin1', 2, 5);

describe('keys that change while the server runs', () => {
  test('are in use within a second; those before verify while they are in the file', async () => {
    const { file, write } = keysFile(old);
    const { mint, log, facade } = await startLogged(file);
    const before = await mint();
    expect(keyIdOf(before)).toBe('old');

    write(next + old);
    const changedAt = performance.now();
    await expect.poll(async () => keyIdOf(await mint()), { interval: 20 }).toBe('new');
    expect(performance.now() - changedAt).toBeLessThan(2_000); // a second, and as much for a busy machine
    expect((await openLink(before)).status).toBe(200);

    write(next);
    facade.reloadLinkKeys();
    expect((await openLink(before)).status).toBe(403);
    expect((await openLink(await mint())).status).toBe(200);
    expect(
      log.filter((entry) => entry.includes('link keys were read again')).map((entry) => JSON.parse(entry)),
    ).toEqual([
      expect.objectContaining({ signs: 'new', verify: ['old'] }),
      expect.objectContaining({ signs: 'new', verify: [] }),
    ]);
    for (const secret of ['abab', 'cdcd']) expect(log.join()).not.toContain(secret);
  });

  test.each([
    ['has a fault', `${next}garbage:canary-of-a-secret\n`, 'key 2'],
    ['is empty', '', 'holds no key'],
    ['is gone', null, 'no such file'],
  ])('stay as they were where the file %s, which is logged without what is in it', async (_, contents, told) => {
    const { file, write } = keysFile(old);
    const { mint, log, facade } = await startLogged(file);
    const before = await mint();
    if (contents === null) rmSync(file);
    else write(contents);
    facade.reloadLinkKeys();
    expect(keyIdOf(await mint())).toBe('old');
    expect((await openLink(before)).status).toBe(200);
    expect((await fetch(`${facade.url}/ready`)).status).toBe(200);
    const warning = log.find((entry) => entry.includes('link keys stay as they were'));
    expect(warning).toContain(told);
    expect(log.join()).not.toContain('canary');
  });

  test('are read again by SIGHUP, which does not end the server', async () => {
    const { file, write } = keysFile(old);
    const server = startCli(['--folder', folder, '--port', '0', '--log-level', 'info', '--links-keys-file', file]);
    const [, url = ''] = await server.printed(/^GraphiQL: (http:\/\/127\.0\.0\.1:\d+)\/graphql$/m);
    write(next);
    server.kill('SIGHUP');
    await expect.poll(server.stderr, { timeout: 5_000 }).toContain('link keys were read again');
    await wait(50);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    server.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
  });
});

describe('opaque links', () => {
  const urlsOf = (data: unknown): readonly string[] =>
    [...JSON.stringify(data).matchAll(/"(http:[^"]*)"/g)].map(([, url = '']) => url);
  const isOpaque = (url: string): boolean => /\/links\/A[gw]/.test(url); // versions 2 and 3
  /** The study's UID as it stands in links: half a byte a character, 10 a dot. */
  const packed = study.replaceAll('.', 'a');
  const holdsUid = (url: string): boolean => {
    const [, token = ''] = /\/links\/([^/]*)/.exec(url) ?? [];
    return Buffer.from(token, 'base64url').toString('hex').includes(packed);
  };

  test('are all that there are where that is configured; readable ones of before open too', async () => {
    const { file } = keysFile(old);
    const settings = { folder, stateFolder: scratch(), links: { keysFile: file } };
    const readable = await startTestFacade(settings);
    const { pathname } = new URL((await readable.data<NativeLink>(native)).instance.retrieve.native.url);
    await readable.close();
    await using facade = await startTestFacade({ ...settings, links: { keysFile: file, opaque: true } });
    const urls = urlsOf(await facade.data(operation));
    expect(urls).toHaveLength(4);
    expect(urls.map((url) => [isOpaque(url), holdsUid(url)])).toEqual(urls.map(() => [true, false]));
    for (const url of urls) expect((await openLink(url.replace('{frame}', '1'))).status).toBe(200);
    expect(holdsUid(pathname)).toBe(true);
    expect((await openLink(facade.url + pathname)).status).toBe(200);
  });

  test('are all that one gets without the scope patient-data', async () => {
    await using facade = await startTestFacade({
      folder,
      anonymousScopes: ['search', 'metadata', 'rendered', 'native'],
    });
    // UIDs are opaque too, and what may show a name is not to be had: a rendered image is.
    const { data } = await facade.query(`{ searchStudies { nodes { series { nodes { instances { nodes {
      retrieve { rendered { url } renderedFrameTemplate { template } }
    } } } } } } }`);
    const urls = urlsOf(data);
    expect(urls).not.toEqual([]);
    expect(urls.map(isOpaque)).toEqual(urls.map(() => true));
  });
});
