/**
 * The least that Node can do: what comes from an archive is passed on as it is, by Node's server and undici. No link is
 * verified, nothing is unwrapped or checked, logged or counted.
 *
 *     node bench/peers/plain-proxy.ts <port> <archive's URL>
 */
import { createServer } from 'node:http';
import { Pool } from 'undici';

const [port, archive] = process.argv.slice(2);
const pool = new Pool(archive ?? '', { connections: 64, pipelining: 1 });

createServer((request, response) => {
  pool.stream(
    { path: request.url ?? '/', method: 'GET', opaque: response },
    ({ statusCode, headers }) => response.writeHead(statusCode, headers),
    (error) => {
      if (error) response.destroy();
    },
  );
}).listen(Number(port), '127.0.0.1');
