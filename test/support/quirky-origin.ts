import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A request as it stood on the wire. */
export interface QuirkyRequest {
  /** Path and query, exactly as sent. */
  readonly target: string;
  readonly headers: ReadonlyMap<string, string>;
  /** 1 for the first request of the server. */
  readonly number: number;
  /** 1 for the first connection of the server. */
  readonly connection: number;
}

/** Does with the connection whatever an archive, or the network before it, was seen to do. */
export type QuirkyAnswer = (socket: Socket, request: QuirkyRequest) => void | Promise<void>;

export interface QuirkyOrigin extends AsyncDisposable {
  /** http://127.0.0.1:PORT/dicom-web */
  readonly url: string;
  readonly requests: QuirkyRequest[];
  /** Connections that are open now. */
  readonly openConnections: () => number;
  close(): Promise<void>;
}

/**
 * An HTTP/1.1 server on a bare socket: bodies without a length, broken off, reset, stalled; anything a well-behaved
 * server library would not send.
 */
export async function startQuirkyOrigin(answer: QuirkyAnswer): Promise<QuirkyOrigin> {
  const requests: QuirkyRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    const connection = ++connections;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    let head = '';
    socket.on('data', (chunk) => {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const [line = '', ...lines] = head.slice(0, end).split('\r\n');
      head = head.slice(end + 4);
      const request: QuirkyRequest = {
        target: line.split(' ')[1] ?? '',
        headers: new Map(
          lines.map((text) => [text.split(':')[0]?.toLowerCase() ?? '', text.slice(text.indexOf(':') + 1).trim()]),
        ),
        number: requests.length + 1,
        connection,
      };
      requests.push(request);
      void answer(socket, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return {
    url: `http://127.0.0.1:${port}/dicom-web`,
    requests,
    openConnections: () => sockets.size,
    close,
    [Symbol.asyncDispose]: close,
  };
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** How the end of the body is told. Default: by its length. */
  readonly framing?: 'length' | 'chunked' | 'eof';
}

/** A well-formed answer, or one whose body is ended by the end of the connection, as Orthanc does. */
export function reply(socket: Socket, { status = 200, headers = {}, body = '', framing = 'length' }: Reply): void {
  const bytes = Buffer.from(body);
  socket.write(head(status, { ...headers, ...framingHeaders(framing, bytes.length) }));
  if (framing === 'chunked') {
    if (bytes.length > 0)
      socket.write(Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]));
    socket.write('0\r\n\r\n');
  } else {
    socket.write(bytes);
  }
  if (framing === 'eof') socket.end();
}

/** Half an answer: the headers promise `promised` bytes (or no length), `body` comes, and then `after` happens. */
export function replyInPart(
  socket: Socket,
  {
    headers = {},
    body = '',
    promised,
  }: { headers?: Record<string, string>; body?: string | Uint8Array; promised?: number },
  after: 'stall' | 'end' | 'reset',
): void {
  const framing = promised === undefined ? { connection: 'close' } : { 'content-length': String(promised) };
  socket.write(head(200, { ...headers, ...framing }));
  socket.write(Buffer.from(body), () => {
    if (after === 'end') socket.end();
    // Time for the bytes to be read: a reset discards what still lies in the buffers of the other side.
    if (after === 'reset') void sleep(50).then(() => socket.resetAndDestroy());
  });
}

export const json = (rows: unknown): Reply => ({
  headers: { 'content-type': 'application/dicom+json' },
  body: JSON.stringify(rows),
});

function head(status: number, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Whatever\r\n${lines.join('')}\r\n`;
}

function framingHeaders(framing: 'length' | 'chunked' | 'eof', length: number): Record<string, string> {
  if (framing === 'length') return { 'content-length': String(length) };
  return framing === 'chunked' ? { 'transfer-encoding': 'chunked' } : { connection: 'close' };
}
