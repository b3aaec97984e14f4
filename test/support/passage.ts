import { createServer, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Passage extends AsyncDisposable {
  /** What the archive's URL is on this side. */
  readonly url: string;
  /** `GET /studies/1.2.3`, in the order of their coming, below the archive's URL and without a query. */
  readonly requests: string[];
}

/**
 * Stands between the program and an archive, and lets everything through: when the test lets it.
 *
 * @param letGo - Awaited before a request goes on. Where it throws, the connection is reset, and the archive hears nothing.
 */
export async function startPassage(
  archiveUrl: string,
  letGo: (request: IncomingMessage) => Promise<void> | void,
): Promise<Passage> {
  const { hostname, port, pathname, host } = new URL(archiveUrl);
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    requests.push(`${request.method} ${request.url?.slice(pathname.length).replace(/\?.*/s, '')}`);
    try {
      await letGo(request);
    } catch {
      request.socket.resetAndDestroy();
      return;
    }
    const { method, url: path, headers } = request;
    const onward = send({ hostname, port, method, path, headers: { ...headers, host } }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
