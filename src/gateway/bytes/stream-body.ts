import type { ServerResponse } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { finished } from 'node:stream/promises';
import { FacadeError } from '../../errors.ts';
import { giveBack, isLender } from '../../mime/read-buffers.ts';
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
  if (encoder !== null) pipeline(body, encoder, () => {}); // its errors are the encoder's
  const cut: { reason: SlowReaderError | null } = { reason: null };
  const pace = new ReaderPace(bounds, () => {
    cut.reason = new SlowReaderError();
    last.destroy(cut.reason);
    response.socket?.resetAndDestroy(); // the body may have ended, all of it waiting here
  });
  last.once('error', () => response.socket?.resetAndDestroy());
  const sent = Promise.all([finished(last, { writable: false }), finished(response)]);
  write(last, response, pace);
  try {
    await sent;
  } catch (error) {
    body.destroy();
    last.destroy();
    throw cut.reason ?? error;
  } finally {
    pace.stop();
  }
}

function write(body: Readable, response: ServerResponse, pace: ReaderPace): void {
  const lends = isLender(body);
  let waiting = 0;
  body.on('data', (chunk: Buffer) => {
    waiting += chunk.length;
    if (response.write(chunk, lends ? () => giveBack(chunk) : undefined)) return;
    body.pause();
    pace.waits();
  });
  response.on('drain', () => {
    pace.took(waiting);
    waiting = 0;
    body.resume();
  });
  body.once('end', () => {
    pace.waits();
    response.end();
  });
}
