import type { ServerResponse } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FacadeError } from '../../errors.ts';
import { type ReaderBounds, ReaderPace } from './reader-pace.ts';

/** A client takes so little of what waits for it that it was cut off. */
export class SlowReaderError extends FacadeError {
  constructor() {
    super('UNAVAILABLE', 'The client took less than the least rate, and was cut off');
  }
}

/**
 * Streams a body to the client with backpressure, once its headers are set.
 *
 * A body that breaks off resets the connection: to a client of HTTP/1.0, and to a proxy that speaks it, an orderly end would
 * be the end of the body.
 *
 * @param encoder - null: as it is.
 * @throws {SlowReaderError}
 * @throws The error of the body. ERR_STREAM_PREMATURE_CLOSE: the client is gone.
 */
export async function streamBody(
  body: Readable,
  encoder: Transform | null,
  response: ServerResponse,
  bounds: ReaderBounds,
): Promise<void> {
  const last = encoder ?? body;
  const pace = new ReaderPace(bounds, () => last.destroy(new SlowReaderError()));
  const reset = (): void => void response.socket?.resetAndDestroy();
  // Before those of the pipeline, which would end the connection in order.
  body.once('error', reset);
  encoder?.once('error', reset);
  const sent = encoder === null ? pipeline(body, response) : pipeline(body, encoder, response);
  let waiting = 0;
  last.on('data', (chunk: Buffer) => {
    waiting += chunk.length;
    if (response.writableNeedDrain) pace.waits();
  });
  last.once('end', () => pace.waits());
  response.on('drain', () => {
    pace.took(waiting);
    waiting = 0;
  });
  try {
    await sent;
  } finally {
    pace.stop();
  }
}
