import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HeldOrigin extends AsyncDisposable {
  readonly url: string;
  /** Paths that were asked for and are held now. */
  readonly held: readonly string[];
  /** Lets all go on, and holds the next ones. */
  release(): void;
}

/**
 * An archive before another, that waits with the last four bytes of some objects.
 *
 * @param holds - Of which paths.
 */
export async function startHeldOrigin(behind: string, holds: (path: string) => boolean): Promise<HeldOrigin> {
  const held: string[] = [];
  let gate = Promise.withResolvers<void>();
  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const answer = await fetch(behind + path, { headers: { accept: request.headers.accept ?? '*/*' } });
    const body = Buffer.from(await answer.arrayBuffer());
    const type = answer.headers.get('content-type') ?? 'application/octet-stream';
    response.writeHead(answer.status, { 'content-type': type }); // no length: nobody knows how little is left
    if (!holds(path)) return void response.end(body);
    const boundary = /boundary="?([^";]+)/.exec(type)?.[1];
    const end = boundary === undefined ? '' : `\r\n--${boundary}--\r\n`;
    const most = Math.max(0, body.length - end.length - 4);
    response.write(body.subarray(0, most));
    held.push(path);
    await gate.promise;
    response.end(body.subarray(most));
  }
  const server = createServer((request, response) => void pass(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    held,
    release() {
      held.length = 0;
      gate.resolve();
      gate = Promise.withResolvers();
    },
    async [Symbol.asyncDispose]() {
      gate.resolve();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
