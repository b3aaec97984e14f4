import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isCodedError } from '../errors.ts';
import { dropRest } from '../mime/request-body.ts';
import type { Answer } from './answer.ts';
import { type Archive, type ArchiveOptions, createArchive } from './archive.ts';
import { applyRange } from './byte-range.ts';
import { isAllowedHost } from './host-check.ts';
import type { ArchiveStats } from './ingest.ts';
import { ArchiveError, toProblem } from './problem.ts';
import { type Parameter, parseQueryString } from './query-string.ts';
import { route } from './router.ts';
import { sendAnswer } from './send-answer.ts';
import { storeTransaction } from './store-transaction.ts';

/** A request as it is answered. */
export interface AnsweredRequest {
  readonly method: string;
  /** Below the base URL: `/studies/1.2.3/metadata`. */
  readonly path: string;
  /** Percent-decoded, in the client's order; null where the query is malformed. */
  readonly parameters: readonly Parameter[] | null;
  readonly status: number;
}

export interface StartArchiveOptions extends ArchiveOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Called once for each request, before the first byte of its answer is sent: whoever has an answer was counted. */
  readonly onRequest?: (request: AnsweredRequest) => void;
  /** Called with what is no client's mistake: a fault of ours, or a file that could not be sent to its end. */
  readonly onError?: (error: unknown) => void;
}

/** A DICOMweb server over a folder. */
export interface RunningArchive extends AsyncDisposable {
  /** The base URL of its services: `http://127.0.0.1:PORT/dicomweb`. */
  readonly url: string;
  readonly stats: ArchiveStats;
  /** Stops listening, ends open connections and lets the files go. */
  close(): Promise<void>;
}

const basePath = '/dicomweb';
/** A comma list of a few hundred UIDs does not fit the 16 KiB that Node allows a request line and header. */
const maxHeaderBytes = 65_536;
/** How long a request may take to come; files to be stored come with it. */
const maxRequestMs = 3_600_000;

/**
 * Indexes a folder, then serves it as a DICOMweb origin server: QIDO-RS and WADO-RS, and STOW-RS where it is writable.
 *
 * There is no access control: it is for loopback, and for the facade in front of it.
 *
 * @throws What `listen` throws: a port that is taken (EADDRINUSE), an address that is not of this machine.
 */
export async function startArchive(options: StartArchiveOptions): Promise<RunningArchive> {
  const archive = await createArchive(options);
  const host = options.host ?? '127.0.0.1';
  let baseUrl = '';
  const server = createServer({ maxHeaderSize: maxHeaderBytes, requestTimeout: maxRequestMs }, (request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    answerRequest(archive, { host, baseUrl, signal: gone.signal }, request, options)
      .then((answer) => {
        dropRest(request);
        return sendAnswer(answer, request, response);
      })
      .catch((error: unknown) => {
        if (!gone.signal.aborted) options.onError?.(error);
        response.destroy();
      });
  });
  try {
    const port = await listen(server, options.port ?? 0, host);
    baseUrl = `http://${host.includes(':') ? `[${host}]` : host}:${port}${basePath}`;
  } catch (error) {
    archive.close();
    throw error;
  }
  const close = async (): Promise<void> => {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
    archive.close();
  };
  return { url: baseUrl, stats: archive.stats, close, [Symbol.asyncDispose]: close };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

interface Connection {
  readonly host: string;
  readonly baseUrl: string;
  readonly signal: AbortSignal;
}

async function answerRequest(
  archive: Archive,
  connection: Connection,
  request: IncomingMessage,
  { onRequest, onError }: StartArchiveOptions,
): Promise<Answer> {
  const { method = '', url: target = '' } = request;
  // Not by `new URL`: it would tidy `/a/../b` up, and take `//evil.example` for a host.
  const question = target.indexOf('?');
  const fullPath = question < 0 ? target : target.slice(0, question);
  const path = fullPath.startsWith(`${basePath}/`) ? fullPath.slice(basePath.length) : null;
  let parameters: Parameter[] | null = null;
  let answer: Answer;
  try {
    parameters = parseQueryString(question < 0 ? '' : target.slice(question + 1));
    answer = await chooseAnswer(
      archive,
      { ...connection, onError: (error) => onError?.(error) },
      request,
      path,
      parameters,
    );
  } catch (error) {
    if (!isCodedError(error)) onError?.(error);
    answer = toProblem(error);
  }
  onRequest?.({ method, path: path ?? fullPath, parameters, status: answer.status });
  return answer;
}

async function chooseAnswer(
  archive: Archive,
  { host, baseUrl, signal, onError }: Connection & { readonly onError: (error: unknown) => void },
  request: IncomingMessage,
  path: string | null,
  parameters: readonly Parameter[],
): Promise<Answer> {
  const { method, headers } = request;
  if (!isAllowedHost(host, headers.host)) {
    return toProblem(new ArchiveError('FORBIDDEN', 'Not a host of this server'), 421);
  }
  const segments = path?.slice(1).split('/') ?? [];
  const isTarget = segments[0] === 'studies' && segments.length <= 2;
  const allow = archive.incoming !== null && isTarget ? 'GET, HEAD, POST, OPTIONS' : 'GET, HEAD, OPTIONS';
  if (method === 'OPTIONS') return { status: 204, headers: { allow } };
  if (method === 'POST' && archive.incoming !== null)
    return storeTransaction(archive, segments, request, { baseUrl, onError });
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, headers: { allow } };
  const accept = { header: headers.accept ?? null, query: parameters.find(([name]) => name === 'accept')?.[1] ?? null };
  const answer = await route(archive, segments, { accept, parameters, signal, baseUrl });
  return applyRange(answer, headers.range, headers['if-range'] as string | undefined);
}
