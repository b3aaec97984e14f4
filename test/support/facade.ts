import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../src/http/log.ts';
import { type Config, type Facade, loadConfig, type SettingsInput, startFacade } from '../../src/index.ts';
import type { RequestReport } from '../../src/origin/request-report.ts';
import type { TypedDocumentString } from '../generated/graphql.ts';
import { type CorpusFile, corpusPath } from './corpus.ts';
import { lookThrough } from './written.ts';

/** An operation as text, or typed by codegen. */
export type Operation<Data, Variables> = string | TypedDocumentString<Data, Variables>;

export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

export interface GraphqlAnswer<Data> {
  readonly data: Data | null;
  readonly errors?: readonly GraphqlError[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** The whole program, over real HTTP on a free port. */
export interface TestFacade extends AsyncDisposable {
  readonly url: string;
  readonly config: Config;
  /** What the embedded archive holds; null in front of other origins. */
  readonly archive: Facade['archive'];
  /** Requests to origins since the last query began. */
  readonly requests: readonly RequestReport[];
  /** What was logged as an error: faults of ours, and payloads that broke off. */
  readonly faults: readonly string[];
  query<Data, Variables = Record<string, unknown>>(
    operation: Operation<Data, Variables>,
    variables?: Variables,
  ): Promise<GraphqlAnswer<Data>>;
  /** The data of a query that must not meet an error. */
  data<Data, Variables = Record<string, unknown>>(
    operation: Operation<Data, Variables>,
    variables?: Variables,
  ): Promise<Data>;
  close(): Promise<void>;
}

export interface TestFacadeOptions {
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
}

/**
 * Starts the program as the command line would, and waits until its origins were asked what they can do.
 *
 * @param settings - What is served: `{ folder }`, `{ origin, basic }`, `{ origins }`; without any, the phantom studies. And
 *   any other setting. The link key is made in a folder of its own unless a `stateFolder` is given.
 */
export async function startTestFacade(
  settings: SettingsInput = {},
  options: TestFacadeOptions = {},
): Promise<TestFacade> {
  const stateFolder = settings.stateFolder ?? (await mkdtemp(join(tmpdir(), 'facade-')));
  const config = await loadConfig('demo', { settings: { port: 0, stateFolder, ...settings } });
  const requests: RequestReport[] = [];
  const faults: string[] = [];
  const noteLine = (line: string): void => {
    lookThrough(line);
    if (/^\{"level":"(?:error|fatal)"/.test(line)) faults.push(line);
  };
  const facade = await startFacade(config, {
    ...options,
    log: createLog('trace', { write: noteLine }),
    onOriginRequest: (report) => requests.push(report),
  });
  await facade.asked;

  async function query<Data, Variables>(
    operation: Operation<Data, Variables>,
    variables?: Variables,
  ): Promise<GraphqlAnswer<Data>> {
    requests.length = 0;
    const response = await fetch(`${facade.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: operation.toString(), variables }),
    });
    return (await response.json()) as GraphqlAnswer<Data>;
  }

  async function close(): Promise<void> {
    await facade.close();
    if (settings.stateFolder === undefined) await rm(stateFolder, { recursive: true });
  }

  return {
    url: facade.url,
    config,
    archive: facade.archive,
    requests,
    faults,
    query,
    async data<Data, Variables>(operation: Operation<Data, Variables>, variables?: Variables): Promise<Data> {
      const { data, errors } = await query(operation, variables);
      if (errors !== undefined || data === null) throw new Error(`Errors in the answer: ${JSON.stringify(errors)}`);
      return data;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What a link gave, opened as a browser's address bar or curl would: without a header of ours. */
export interface Opened {
  readonly status: number;
  readonly headers: Headers;
  readonly mediaType: string;
  readonly body: Buffer;
}

export async function openLink(url: string): Promise<Opened> {
  const response = await fetch(url);
  const mediaType = response.headers.get('content-type') ?? '';
  return {
    status: response.status,
    headers: response.headers,
    mediaType,
    body: Buffer.from(await response.arrayBuffer()),
  };
}

/** The body of a link that must open. */
export async function bodyOf(url: string): Promise<Buffer> {
  const { status, body } = await openLink(url);
  if (status === 200) return body;
  throw new Error(`The link gave ${status}: ${body.toString('utf8', 0, 500)}`);
}

/** Does the work of each item, a few at a time: as fast as two cores allow, and no faster than an origin likes. */
export async function forEachOf<T>(items: readonly T[], work: (item: T) => Promise<void>, lanes = 6): Promise<void> {
  const rest = items.values();
  const lane = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** A folder of links to files of the corpus, with names that tell nothing. Removed by the one who asked for it. */
export async function folderOf(files: readonly CorpusFile[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'folder-'));
  await Promise.all(files.map((file, index) => symlink(corpusPath(file), join(folder, String(index)))));
  return folder;
}
