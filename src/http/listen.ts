import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { isWildcard } from '../config/loopback.ts';
import type { Handler } from './handler.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** Largest head of a request; a larger one is answered 431. */
  readonly maxHeaderBytes: number;
  /** Connections beyond these are closed at once. */
  readonly maxConnections: number;
  /** A slower request is answered 408. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** The same for what is sent to a link: files to be stored. */
  readonly uploadMs: number;
  readonly keepAliveMs: number;
  /** A connection that takes nothing of its answer for so long is closed. */
  readonly idleMs: number;
  /** How long answers under way may take to end when closed. */
  readonly drainMs: number;
}

/** Beyond what the system holds: so much waits for a slow client before whoever sends is told to wait. */
const writeAheadBytes = 16 * 1024;

/** A server that listens. */
export interface Listening {
  /** http, the host (loopback where it is every address) and the port. */
  readonly url: string;
  /** Takes no new connection, lets what is under way end within `drainMs`, then breaks it off. */
  close(): Promise<void>;
}

/**
 * @param handlerFor - Called once with the URL, before the first request.
 * @throws {Error} With the system's code, such as EADDRINUSE, EACCES, EADDRNOTAVAIL.
 */
export async function listen(options: ListenOptions, handlerFor: (url: string) => Handler): Promise<Listening> {
  const { host, port, headersMs, requestMs, uploadMs, keepAliveMs } = options;
  const server = createServer({
    highWaterMark: writeAheadBytes,
    maxHeaderSize: options.maxHeaderBytes,
    headersTimeout: Math.min(headersMs, requestMs),
    requestTimeout: Math.max(requestMs, uploadMs),
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: 1_000,
  });
  server.setTimeout(options.idleMs);
  server.maxConnections = options.maxConnections;
  server.listen({ host, port });
  await once(server, 'listening');
  const url = urlOf(host, server.address() as AddressInfo);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    boundRequest(request, response, isUpload(request) ? uploadMs : requestMs);
  });
  server.on('request', handlerFor(url));
  return { url, close: createClose(server, options.drainMs) };
}

const isUpload = ({ method, url = '' }: IncomingMessage): boolean => method === 'POST' && url.startsWith('/links/');

/** What Node's own bound does, which is one for all requests: 408, and the end of the connection. */
function boundRequest(request: IncomingMessage, response: ServerResponse, ms: number): void {
  const timer = setTimeout(() => {
    if (request.complete || request.destroyed) return;
    if (!response.headersSent) request.socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
    request.socket.destroySoon();
  }, ms).unref();
  request.once('close', () => clearTimeout(timer));
}

function urlOf(host: string, { port }: AddressInfo): string {
  const shown = isWildcard(host) ? '127.0.0.1' : host;
  return new URL(`http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`).origin;
}

function createClose(server: Server, drainMs: number): () => Promise<void> {
  const sockets = new Set<Socket>();
  const underWay = new Set<ServerResponse>();
  let closed: Promise<void> | null = null;

  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.prependListener('request', (_request, response) => {
    underWay.add(response);
    if (closed !== null) response.setHeader('connection', 'close');
    response.once('close', () => {
      underWay.delete(response);
      if (closed !== null) setImmediate(endIdle); // idle only after its answer
    });
  });

  /** Unlike `closeIdleConnections` also those that have not sent a request yet: browsers open some to have them. */
  function endIdle(): void {
    const busy = new Set([...underWay].map(({ req }) => req.socket));
    for (const socket of sockets) if (!busy.has(socket)) socket.destroySoon();
  }

  async function close(): Promise<void> {
    const ended = once(server, 'close');
    server.close();
    for (const response of underWay) if (!response.headersSent) response.setHeader('connection', 'close');
    endIdle();
    const timer = setTimeout(() => server.closeAllConnections(), drainMs);
    await ended;
    clearTimeout(timer);
  }

  return () => {
    closed ??= close();
    return closed;
  };
}
