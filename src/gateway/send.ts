import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Delivery } from './delivery.ts';
import type { Problem } from './problem.ts';

const always = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // The link is the permission: no cookie or other ambient right stands behind it that a page could borrow.
  'cross-origin-resource-policy': 'cross-origin',
};

/** Documents from an archive are shown, but nothing in them runs, loads or is sent. */
const contentSecurityPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/**
 * Sends a body with backpressure, and its headers alone for HEAD.
 *
 * @param secondsLeft - Of the link. No cache keeps the body any longer.
 * @throws The error of the body; the connection is then broken off. ERR_STREAM_PREMATURE_CLOSE: the client is gone.
 */
export async function sendBody(response: ServerResponse, delivery: Delivery, secondsLeft: number): Promise<void> {
  const { status, contentType, contentLength, body, isText = false, warnings = [] } = delivery;
  const isGzip = isText && status !== 204 && acceptsGzip(response.req.headers['accept-encoding']);
  if (isText) response.appendHeader('vary', 'Accept-Encoding');
  if (warnings.length > 0)
    response.setHeader(
      'warning',
      warnings.map((text) => `299 dicomweb-graphql "${text}"`),
    );
  response.writeHead(status, {
    ...always,
    'content-security-policy': contentSecurityPolicy,
    'cache-control': `private, max-age=${Math.max(0, Math.floor(secondsLeft))}`,
    ...(status === 204 ? {} : { 'content-type': contentType }),
    ...(isGzip ? { 'content-encoding': 'gzip' } : {}),
    ...(contentLength === null || isGzip || status === 204 ? {} : { 'content-length': String(contentLength) }),
  });
  if (response.req.method === 'HEAD') {
    body.destroy();
    response.end();
  } else if (isGzip) {
    await pipeline(body, createGzip(), response);
  } else {
    await pipeline(body, response);
  }
}

/** Sends what became of the files of an upload: DICOM JSON. */
export function sendReport(response: ServerResponse, status: number, json: string): void {
  response.writeHead(status, {
    ...always,
    'content-type': 'application/dicom+json',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(json),
  });
  response.end(json);
}

export function sendProblem(response: ServerResponse, { status, headers, body }: Problem): void {
  response.writeHead(status, {
    ...always,
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...headers,
    'content-length': body.length,
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/** Whether gzip is named, and not with a weight of 0 (RFC 9110 §12.5.3). */
function acceptsGzip(accepted = ''): boolean {
  return accepted.split(',').some((coding) => {
    const [name, weight = ''] = coding.toLowerCase().split(';', 2);
    return name?.trim() === 'gzip' && !/^\s*q=0(?:\.0*)?\s*$/.test(weight);
  });
}
