import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../src/config/config.ts';
import { type Facade, startFacade } from '../src/facade.ts';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

/** The code block behind a mark `<!-- test: NAME -->`. */
function block(name: string): string {
  const text = readme.split(`<!-- test: ${name} -->`)[1]?.split('```')[1];
  if (text === undefined) throw new Error(`The README has no block "${name}"`);
  return text.slice(text.indexOf('\n') + 1);
}

let facade: Facade;
beforeAll(async () => {
  facade = await startFacade(await loadConfig('demo', { settings: { port: 0, cache: { maxBytes: 0 } } }));
  await facade.ready();
});
afterAll(() => facade.close());

const ask = async (query: string) => {
  const response = await fetch(`${facade.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-dicomweb-explain': '1' },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as {
    data: unknown;
    extensions: { dicomweb: { requests: { method: string; path: string; queryKeys: string[] }[] } };
  };
};

describe('the README', () => {
  test('shows the answer that its query has, but for the text of signed URLs', async () => {
    const { data } = await ask(block('query'));
    const shown = JSON.stringify(data).replaceAll(/http:[^"]*\/links\/[^"]*/g, 'http://127.0.0.1:4000/links/AQRk…');
    expect(JSON.parse(shown)).toEqual(JSON.parse(block('answer')));
  });

  test('shows the requests that its query costs', async () => {
    const { extensions } = await ask(block('query'));
    const lines = extensions.dicomweb.requests.map(
      ({ method, path, queryKeys }) => `${method} ${path}?${queryKeys.join('&')}\n`,
    );
    expect(lines.join('')).toBe(block('requests'));
  });

  test('has a command that opens a signed URL', async () => {
    const body = /-d '([^']*)'/.exec(block('link'))?.[1] ?? '';
    const { data } = await ask((JSON.parse(body) as { query: string }).query);
    const url = /"url":"([^"]*)"/.exec(JSON.stringify(data))?.[1] ?? '';
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(1000);
  });

  test.each([...readme.matchAll(/\]\(((?!http)[^)#]+)\)/g)].map(([, path]) => path ?? ''))(
    'links to %s, which is there',
    (path) => {
      expect(() => readFileSync(join(import.meta.dirname, '..', path)).length).toSatisfy((read: () => number) => {
        try {
          return read() > 0;
        } catch (error) {
          return error instanceof Error && 'code' in error && error.code === 'EISDIR';
        }
      });
    },
  );
});
