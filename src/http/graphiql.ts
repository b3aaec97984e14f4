import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** The GraphiQL page, compressed once. */
export interface CompressedPage {
  readonly gzip: Buffer;
  /** Of the content, with its quotes. */
  readonly etag: string;
}

/** Whether a browser asks for a page, rather than a program for an answer. */
export const wantsPage = ({ method, headers }: IncomingMessage): boolean =>
  (method === 'GET' || method === 'HEAD') && /\btext\/html\b/.test(headers.accept ?? '');

/** Several megabytes: compressed, and sent again only when it has changed. */
export function sendPage(request: IncomingMessage, response: ServerResponse, { gzip, etag }: CompressedPage): void {
  const isCompressed = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(String(request.headers['accept-encoding'] ?? ''));
  response.setHeader('vary', 'Origin, Accept, Accept-Encoding');
  response.setHeader('etag', etag);
  response.setHeader('cache-control', 'private, no-cache');
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end();
    return;
  }
  const body = isCompressed ? gzip : gunzipSync(gzip);
  if (isCompressed) response.setHeader('content-encoding', 'gzip');
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': body.length,
    'x-frame-options': 'DENY',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
