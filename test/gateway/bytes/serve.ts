import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { answerRead } from '../../../src/gateway/answer.ts';
import { defaultReaderBounds, type ReaderBounds } from '../../../src/gateway/bytes/reader-pace.ts';
import type { Delivery } from '../../../src/gateway/delivery.ts';

export interface Served extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly faults: unknown[];
}

/** Answers every request with a delivery, as the gateway does once it is known. */
export async function serveDelivery(
  deliver: () => Delivery,
  readers: ReaderBounds = defaultReaderBounds,
): Promise<Served> {
  const faults: unknown[] = [];
  const server = createServer(
    (request, response) =>
      void answerRead(request, response, async () => ({ delivery: deliver(), maxAgeSeconds: 600 }), {
        onError: (error) => faults.push(error),
        readers,
      }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    faults,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A body that is all there. */
export const bodyOf = (...chunks: readonly (string | Uint8Array)[]): Readable =>
  Readable.from(
    chunks.map((chunk) => Buffer.from(chunk)),
    { objectMode: false },
  );

export const delivered = (bytes: string, more: Partial<Delivery> = {}): Delivery => ({
  status: 200,
  contentType: 'application/dicom',
  contentLength: Buffer.byteLength(bytes),
  body: bodyOf(bytes),
  ...more,
});
