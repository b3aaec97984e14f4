import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request as send } from 'node:http';
import type { Socket } from 'node:net';
import { seeded } from './client.ts';

export const faults = ['reset', 'stall', 'truncate', 'garbage', '5xx'] as const;
export type Fault = (typeof faults)[number];

export interface FaultyProxy extends AsyncDisposable {
  readonly url: string;
  /** How many of each were made. */
  readonly made: ReadonlyMap<Fault, number>;
  /** Which share of requests meets a fault from now on; 0: none. */
  share: number;
}

/**
 * Passes GETs on to an archive, and does to some of the answers what networks and archives do: resets, silence, half a body,
 * what is not DICOMweb or not HTTP at all, 5xx. Half of the resets and silences come within the body, the others before it.
 */
export async function startFaultyProxy(archivePort: number, seed: number): Promise<FaultyProxy> {
  const random = seeded(seed);
  const made = new Map<Fault, number>();
  const agent = new Agent({ keepAlive: true });
  let share = 0;
  const server = createServer({ maxHeaderSize: 65_536 }, (request, response) => {
    const fault = random() < share ? (faults[Math.floor(random() * faults.length)] ?? 'reset') : null;
    const isWithin = random() < 0.5; // for garbage and 5xx: which of two kinds
    if (fault !== null) made.set(fault, (made.get(fault) ?? 0) + 1);
    const { socket } = request;
    if (fault !== null && fault !== 'truncate' && (!isWithin || fault === '5xx' || fault === 'garbage')) {
      spoil(fault, socket, isWithin);
      return;
    }
    fetchFrom(archivePort, request, agent).then(
      ({ status, headers, body }) => {
        const told = Object.entries(headers).filter(([name]) => !hopByHop.has(name));
        response.writeHead(status, { ...Object.fromEntries(told), 'content-length': body.length });
        if (fault === null) return void response.end(body);
        response.write(body.subarray(0, Math.floor(body.length / 2)));
        // Time for the bytes to leave: a reset discards what still lies in buffers.
        setTimeout(() => (fault === 'truncate' ? socket.end() : spoil(fault, socket, true)), 20);
      },
      () => socket.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  return {
    // With the archive's own path: the URLs in its answers are rebased by whoever reads them.
    url: `http://127.0.0.1:${address.port}/dicomweb`,
    made,
    get share() {
      return share;
    },
    set share(next) {
      share = next;
    },
    async [Symbol.asyncDispose]() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const hopByHop: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);
const notHttp = 'SSH-2.0-OpenSSH_9.2\r\n';
const page = '<!doctype html><title>Maintenance</title>';

function spoil(fault: Fault, socket: Socket, isWithin: boolean): void {
  if (fault === 'reset') socket.resetAndDestroy();
  else if (fault === '5xx') socket.write(httpAnswer(isWithin ? 503 : 500, 'text/plain', 'no'));
  else if (fault === 'garbage') socket.write(isWithin ? notHttp : httpAnswer(200, 'text/html', page));
}

const httpAnswer = (status: number, type: string, body: string): string =>
  `HTTP/1.1 ${status} Whatever\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

interface Given {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function fetchFrom(port: number, { url = '/', headers }: IncomingMessage, agent: Agent): Promise<Given> {
  return new Promise((resolve, reject) => {
    const own = { ...headers, host: `127.0.0.1:${port}` };
    const request = send({ host: '127.0.0.1', port, path: url, headers: own, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    request.on('error', reject);
    request.end();
  });
}
