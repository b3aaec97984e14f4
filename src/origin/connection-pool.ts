import type { Socket } from 'node:net';
import { buildConnector, Pool } from 'undici';
import { readIntoBuffers } from '../mime/read-buffers.ts';
import type { OriginAddress, OriginConfig } from './origin-config.ts';

/**
 * The connections to one origin, HTTP/1.1: a request each, so that a stalled payload holds up nothing but itself.
 *
 * Keep-alive hints are taken almost to their end: Orthanc promises one second, and undici's own margin of one second
 * would leave no socket to use again.
 *
 * @param options.isReused - Whether a connection serves one request after the other. Default true. An origin may close one
 *   just as the next request is sent over it: one that must not be sent twice needs a connection of its own.
 */
export function createConnectionPool(
  config: OriginConfig,
  address: OriginAddress,
  { isReused = true }: { readonly isReused?: boolean } = {},
): Pool {
  const connect = buildConnector({
    allowH2: false,
    timeout: config.connectTimeoutMs,
    ...readIntoBuffers,
    ...(config.tlsCa === undefined ? {} : { ca: config.tlsCa }),
  });
  return new Pool(address.host, {
    connections: config.maxConcurrentRequests,
    pipelining: isReused ? 1 : 0, // 0 is undici's word for no keep-alive
    allowH2: false,
    keepAliveTimeoutThreshold: 200,
    headersTimeout: config.headersTimeoutMs,
    bodyTimeout: config.bodyIdleTimeoutMs,
    connect: (options, callback) => {
      connect(options, (...[error, socket]) => {
        if (error) {
          callback(error, null);
        } else {
          tellResetFromEnd(socket);
          callback(null, socket);
        }
      });
    },
  });
}

/**
 * undici takes a connection reset as the end of a body that has no length, as macOS reports one after a whole body.
 * Elsewhere it means that bytes are missing: under another code it stays the error that it is.
 */
function tellResetFromEnd(socket: Socket): void {
  if (process.platform === 'darwin') return;
  socket.prependListener('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNRESET') error.code = 'ECONNRESET_IN_TRANSIT';
  });
}
