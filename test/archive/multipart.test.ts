import { describe, expect, test } from 'vitest';
import { createMultipart, exactly } from '../../src/archive/multipart.ts';
import { readParts } from '../support/archive.ts';

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
const partOf = (length: number, ...texts: string[]) => ({
  contentType: 'text/plain',
  location: 'http://a/b',
  length,
  open: () => chunks(...texts),
});
async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const received: Uint8Array[] = [];
  for await (const chunk of body) received.push(chunk);
  return Buffer.concat(received);
}

describe('multipart/related', () => {
  test('is as long as it says, and gives its parts back', async () => {
    const body = createMultipart('text/plain', [partOf(4, 'ab', 'cd'), partOf(0), partOf(2, '\r\n')]);
    const bytes = await collect(body.chunks());
    expect(bytes.length).toBe(body.contentLength);
    const parts = await readParts(
      new Response(new Uint8Array(bytes), { headers: { 'content-type': body.contentType } }),
    );
    expect(parts.map((part) => part.body.toString())).toEqual(['abcd', '', '\r\n']);
  });

  test.each([
    ['shorter', partOf(5, 'abcd')],
    ['longer', partOf(3, 'ab', 'cd')],
  ])('ends in an error, not in a closing boundary, where a part is %s than it said', async (_what, part) => {
    await expect(collect(createMultipart('text/plain', [part]).chunks())).rejects.toThrow('length');
  });

  test('a body that is longer than announced is cut before the surplus', async () => {
    const sent: string[] = [];
    const read = async () => {
      for await (const chunk of exactly(2, chunks('ab', 'c'))) sent.push(String(chunk));
    };
    await expect(read()).rejects.toThrow('length');
    expect(sent).toEqual(['ab']);
  });
});
