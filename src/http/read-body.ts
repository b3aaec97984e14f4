import type { IncomingMessage } from 'node:http';

/**
 * Makes sure that the body of a request is no larger than a bound, before anyone reads it.
 *
 * A body of announced length is left in the request: HTTP's framing keeps it to that length. One in chunks is read here,
 * and left as `request.body`, where GraphQL Yoga looks for it.
 *
 * @returns False where it is larger. Node reads and drops the rest, for as long as a request may take: a connection closed
 *   with unread bytes in it would be reset, and the client would not see its answer.
 */
export async function boundBody(request: IncomingMessage & { body?: Uint8Array }, maxBytes: number): Promise<boolean> {
  const { 'content-length': announced, 'transfer-encoding': coding } = request.headers;
  if (coding === undefined) return announced === undefined || Number(announced) <= maxBytes;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return false;
    chunks.push(chunk);
  }
  request.body = Buffer.concat(chunks);
  return true;
}
