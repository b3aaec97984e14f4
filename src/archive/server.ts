import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import type { Answer } from './answer.ts';
import { type Archive, type ArchiveOptions, createArchive } from './archive.ts';
import type { ArchiveStats } from './ingest.ts';
import { toProblem } from './problem.ts';
import { type Parameter, parseQueryString } from './query-string.ts';
import { route } from './router.ts';

/** A request as it was answered. */
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
const allowed = 'GET, HEAD, OPTIONS';
/** A comma list of a few hundred UIDs does not fit the 16 KiB that Node allows a request line and header. */
const maxHeaderBytes = 65_536;
/** Less is not made smaller by more than a packet. */
const gzipFromBytes = 1_024;

/**
 * Indexes a folder, then serves it as a DICOMweb origin server: QIDO-RS, WADO-RS.
 *
 * There is no access control: it is for loopback, and for the facade in front of it.
 */
export async function startArchive(options: StartArchiveOptions): Promise<RunningArchive> {
  const archive = await createArchive(options);
  const host = options.host ?? '127.0.0.1';
  let baseUrl = '';
  const server = createServer({ maxHeaderSize: maxHeaderBytes }, (request, response) => {
    serve(archive, baseUrl, request, response, options.onRequest).catch(() => response.destroy());
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

async function serve(
  archive: Archive,
  baseUrl: string,
  request: IncomingMessage,
  response: ServerResponse,
  onRequest: StartArchiveOptions['onRequest'],
): Promise<void> {
  const method = request.method ?? '';
  const target = request.url ?? '';
  const question = target.indexOf('?');
  const fullPath = question < 0 ? target : target.slice(0, question);
  const path = fullPath.startsWith(`${basePath}/`) ? fullPath.slice(basePath.length) : null;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  let parameters: readonly Parameter[] | null = null;
  let answer: Answer;
  try {
    parameters = parseQueryString(question < 0 ? '' : target.slice(question + 1));
    answer =
      method === 'GET' || method === 'HEAD'
        ? await route(archive, path?.slice(1).split('/') ?? [], {
            accept: {
              header: request.headers.accept ?? null,
              query: parameters.find(([name]) => name === 'accept')?.[1] ?? null,
            },
            parameters,
            signal: gone.signal,
            baseUrl,
          })
        : { status: method === 'OPTIONS' ? 204 : 405, headers: { allow: allowed } };
  } catch (error) {
    const problem = toProblem(error);
    answer = { status: problem.status, headers: { 'content-type': 'application/problem+json' }, body: problem.body };
  }
  onRequest?.({ method, path: path ?? fullPath, parameters, status: answer.status });
  await send(answer, request, response);
}

async function send(answer: Answer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, headers, body } = answer;
  const gzip = takesGzip(request) && isWorthGzip(answer);
  response.writeHead(status, {
    ...headers,
    vary: 'Accept, Accept-Encoding',
    ...(gzip && { 'content-encoding': 'gzip' }),
    ...(!gzip &&
      (typeof body === 'string' || body instanceof Uint8Array) && { 'content-length': Buffer.byteLength(body) }),
  });
  if (body === undefined || request.method === 'HEAD') {
    response.end();
    return;
  }
  const source = typeof body === 'function' ? Readable.from(body(), { objectMode: false }) : Readable.from([body]);
  if (gzip) await pipeline(source, createGzip({ level: constants.Z_BEST_SPEED }), response);
  else await pipeline(source, response);
}

/** JSON alone: pixels are compressed by their own codecs, or take longer to compress than to send. */
function isWorthGzip({ headers, body }: Answer): boolean {
  if (body === undefined || !headers['content-type']?.endsWith('json')) return false;
  return typeof body === 'function' || body.length >= gzipFromBytes;
}

function takesGzip(request: IncomingMessage): boolean {
  const accepted = String(request.headers['accept-encoding'] ?? '').split(',');
  return accepted.some((coding) => /^\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*$)[\d.]+\s*)?$/i.test(coding));
}
