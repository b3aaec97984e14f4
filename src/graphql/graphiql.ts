import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** GraphiQL as one page: 9 MB with everything in it, so that it works offline and asks no one else for anything. */
export interface GraphiqlPage {
  readonly gzip: Buffer;
  /** Of the content, with its quotes. */
  readonly etag: string;
}

const compress = promisify(gzip);

/**
 * Tabs keep still: where many are open, GraphiQL begins by moving them, and takes that up again when one is pressed, so that
 * it is gone from under the mouse and a click comes to nothing. The title has the line that its bar has room for.
 */
const style = `<style>
  .graphiql-tab { transform: none !important }
  .graphiql-logo { white-space: nowrap }
</style>`;

/**
 * @param operationsFolder - Example operations, `*.graphql`, a tab each in the order of their names. Variables stand in
 * a file of the same name that ends in `.variables.json`.
 */
export async function createGraphiqlPage(operationsFolder: string): Promise<GraphiqlPage> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql'); // slow to load: when it is first asked for
  const html = renderGraphiQL({
    title: 'dicomweb-graphql',
    endpoint: '/graphql',
    shouldPersistHeaders: false, // its own default keeps them in localStorage, and with them tokens
    defaultTabs: await readTabs(operationsFolder),
  });
  const page = html.replace('</head>', `${style}</head>`);
  const body = await compress(page);
  return { gzip: body, etag: `"${createHash('sha256').update(page).digest('base64url').slice(0, 22)}"` };
}

interface Tab {
  readonly query: string;
  readonly variables: string | null;
}

async function readTabs(folder: string): Promise<Tab[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.graphql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const query = await readFile(join(folder, name), 'utf8');
      const variables = await readFile(join(folder, name.replace(/\.graphql$/u, '.variables.json')), 'utf8').catch(
        () => null,
      );
      return { query, variables };
    }),
  );
}
