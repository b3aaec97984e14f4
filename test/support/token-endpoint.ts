import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request for a token, taken apart. */
export interface TokenRequest {
  readonly method: string;
  readonly contentType: string;
  readonly authorization: string | undefined;
  readonly form: Readonly<Record<string, string>>;
}

export interface TokenAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body: unknown;
}

export interface TestTokenEndpoint extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly TokenRequest[];
}

/** An authorisation server's token endpoint over real HTTP: it answers as the test says, `token-1`, `token-2`... by default. */
export async function startTokenEndpoint(
  answer: (number: number, request: TokenRequest) => TokenAnswer | Promise<TokenAnswer> = tokenNumber(3600),
): Promise<TestTokenEndpoint> {
  const requests: TokenRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const asked = toTokenRequest(request.method ?? '', request.headers, Buffer.concat(chunks).toString());
      requests.push(asked);
      const { status = 200, headers = {}, body } = await answer(requests.length, asked);
      const isText = typeof body === 'string';
      response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json', ...headers });
      response.end(isText ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/oauth2/token`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A successful answer (RFC 6749 §5.1). */
export const tokenNumber =
  (expiresInSeconds: number) =>
  (number: number): TokenAnswer => ({
    body: { access_token: `token-${number}`, token_type: 'Bearer', expires_in: expiresInSeconds },
  });

const toTokenRequest = (method: string, headers: IncomingHttpHeaders, body: string): TokenRequest => ({
  method,
  contentType: headers['content-type'] ?? '',
  authorization: headers.authorization,
  form: Object.fromEntries(new URLSearchParams(body)),
});
