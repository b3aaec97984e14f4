import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { createHandler, type HandlerOptions, type Parts } from '../../src/http/handler.ts';
import { type Listening, type ListenOptions, listen } from '../../src/http/listen.ts';
import { watchedLog } from '../support/watched-log.ts';

const listenOptions: ListenOptions = {
  host: '127.0.0.1',
  port: 0,
  maxHeaderBytes: 16_384,
  maxConnections: 100,
  headersMs: 10_000,
  requestMs: 30_000,
  uploadMs: 60_000,
  keepAliveMs: 5_000,
  idleMs: 300_000,
  drainMs: 5_000,
};

/** A server on a free port, closed when the test is done, with these parts behind it; the others answer their own name. */
export async function startServer(
  parts: Partial<Parts> = {},
  options: Partial<ListenOptions & HandlerOptions> = {},
): Promise<Listening> {
  const all: Parts = {
    graphql: (_request, response) => response.end('graphql'),
    links: (_request, response) => response.end('links'),
    dicomweb: (_request, response) => response.end('dicomweb'),
    graphiql: null,
    metrics: null,
    isReady: () => true,
    ...parts,
  };
  const server = await listen({ ...listenOptions, ...options }, (url) =>
    createHandler(() => all, {
      host: '127.0.0.1',
      publicUrl: url,
      corsOrigins: [],
      maxBodyBytes: 100_000,
      log: watchedLog(),
      ...options,
    }),
  );
  onTestFinished(() => server.close());
  return server;
}

/** Sends these bytes as they are, and gives all that comes back until the server closes. */
export async function sendRaw(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(bytes);
  let received = '';
  for await (const chunk of socket) received += chunk;
  return received;
}

/** A request with exactly this target. `fetch` would make it canonical. */
export const sendTarget = (url: string, target: string): Promise<string> =>
  sendRaw(url, `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
