import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { JsonDataSet } from '../../src/dicom/data-set.ts';
import { readParts } from './archive.ts';
import { answerSearch, type SearchSwitches } from './switchable-search.ts';

type Level = 'study' | 'series' | 'instance';

/** What archives in the field do otherwise than PS3.18 has it, each by a switch; without any it conforms. */
export interface Switches extends SearchSwitches {
  /** Metadata of a level: only some attributes, or no such resource. Default: whole. */
  readonly metadata?: Readonly<Partial<Record<Level, 'main tags' | 404 | 405>>>;
  /** VRs that metadata lacks. */
  readonly metadataOmits?: readonly string[];
  /** What BulkDataURIs and RetrieveURLs look like. Default: absolute, of this server. */
  readonly uris?: 'relative' | 'foreign';
  /** Everything is compressed where the client allows it, pixels too. */
  readonly gzip?: boolean;
  readonly frames?: 'always the first' | 'single part' | 'no boundary parameter';
  /** What rendered resources and thumbnails are answered with, or which of their parameters are ignored. */
  readonly rendered?: 400 | 404 | 406 | 500 | 501 | 503 | 'without parameters';
  /** Explicit VR Little Endian is given whatever was asked for. */
  readonly transcodes?: boolean;
  /** What happens to each answer. */
  readonly fault?: 'html' | 'truncated' | 'reset' | 'stall';
  /** So many requests are answered by 429 and Retry-After before one gets through. */
  readonly throttled?: number;
  /** The token that is good now; any other is 401. */
  readonly token?: () => string;
}

export interface SwitchableOrigin extends AsyncDisposable {
  /** http://127.0.0.1:PORT/dicom-web */
  readonly url: string;
  /** Targets as they were asked for, path and query, below the base. */
  readonly requests: string[];
  /** Other switches from now on. */
  set(switches: Switches): void;
}

const basePath = '/dicom-web';

/** An archive that behaves as its switches say, in front of another that conforms. */
export async function startSwitchableOrigin(behind: string, initial: Switches = {}): Promise<SwitchableOrigin> {
  let switches = initial;
  let throttled = initial.throttled ?? 0;
  const requests: string[] = [];
  const server = createServer({ maxHeaderSize: 65_536 }, (request, response) => {
    const target = (request.url ?? '').slice(basePath.length);
    requests.push(target);
    if (switches.token && request.headers.authorization !== `Bearer ${switches.token()}`) {
      response.writeHead(401).end();
    } else if (throttled > 0) {
      throttled--;
      response.writeHead(429, { 'retry-after': '0' }).end();
    } else {
      answer(behind, base(), switches, target, request)
        .then((given) => send(given, switches, request, response))
        .catch(() => response.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${basePath}`;
  return {
    url: base(),
    requests,
    set(next) {
      switches = next;
      throttled = next.throttled ?? 0;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface GivenAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

const dicomJson = { 'content-type': 'application/dicom+json' };

async function answer(
  behind: string,
  base: string,
  switches: Switches,
  target: string,
  request: IncomingMessage,
): Promise<GivenAnswer> {
  const question = target.indexOf('?'); // the first: others may stand in the query as they are
  const [path, query] = question < 0 ? [target, ''] : [target.slice(0, question), target.slice(question + 1)];
  const resource = path.split('/').at(-1) ?? '';
  const toUris = (json: string): string => json.replaceAll(behind, baseOf(switches, base));
  if (path === '/studies/count' && switches.studyCount) {
    const { status, rows: found } = await answerSearch(switches, '/studies', query, () => rowsOf(`${behind}/studies`));
    if (status >= 400) return { status };
    return { status: 200, headers: { 'content-type': 'application/json' }, body: `{"count":${found?.length ?? 0}}` };
  }
  if (resource === 'studies' || resource === 'series' || resource === 'instances') {
    const { status, rows: found } = await answerSearch(switches, path, query, () => rowsOf(`${behind}${path}`));
    if (found === null) return { status };
    return { status, headers: dicomJson, body: toUris(JSON.stringify(found)) };
  }
  if (resource === 'metadata') return answerMetadata(behind, switches, path, toUris);
  return answerPayload(behind, switches, path, query, request);
}

async function rowsOf(url: string): Promise<readonly JsonDataSet[]> {
  const response = await fetch(`${url}?includefield=all`);
  return response.status === 200 ? ((await response.json()) as JsonDataSet[]) : [];
}

/** The start of the URIs in answers: this server's base, nothing, or another host. */
function baseOf({ uris }: Switches, base: string): string {
  if (uris === undefined) return base;
  return uris === 'relative' ? basePath : 'http://169.254.169.254/dicom-web';
}

/** What an archive has in its index (Orthanc with StudiesMetadata: MainDicomTags). */
const mainTags = ['00080060', '00080018', '00080020', '00100010', '00100020', '0020000D', '0020000E', '00200013'];

async function answerMetadata(
  behind: string,
  { metadata = {}, metadataOmits = [] }: Switches,
  path: string,
  toUris: (json: string) => string,
): Promise<GivenAnswer> {
  const level = path.includes('/instances/') ? 'instance' : path.includes('/series/') ? 'series' : 'study';
  const how = metadata[level];
  if (typeof how === 'number') return { status: how };
  const response = await fetch(`${behind}${path}`);
  if (response.status !== 200) return { status: response.status };
  const dataSets = ((await response.json()) as JsonDataSet[]).map((dataSet) =>
    Object.fromEntries(
      Object.entries(dataSet).filter(
        ([tag, { vr = '' }]) => (how !== 'main tags' || mainTags.includes(tag)) && !metadataOmits.includes(vr),
      ),
    ),
  );
  return { status: 200, headers: dicomJson, body: toUris(JSON.stringify(dataSets)) };
}

async function answerPayload(
  behind: string,
  { frames, transcodes, rendered }: Switches,
  path: string,
  given: string,
  request: IncomingMessage,
): Promise<GivenAnswer> {
  const isRendered = /\/(?:rendered|thumbnail)$/.test(path);
  if (isRendered && typeof rendered === 'number') return { status: rendered };
  const query = isRendered && rendered === 'without parameters' ? '' : given;
  const asked = String(request.headers.accept ?? '*/*');
  const accept = transcodes
    ? asked.replace(/transfer-syntax="?[^;,"]+"?/, 'transfer-syntax=1.2.840.10008.1.2.1')
    : asked;
  const resource = frames === 'always the first' ? path.replace(/\/frames\/[0-9,]+$/, '/frames/1') : path;
  const response = await fetch(`${behind}${resource}${query ? `?${query}` : ''}`, { headers: { accept } });
  const headers = { 'content-type': response.headers.get('content-type') ?? '' };
  if (response.status !== 200 || !/\/frames\/[0-9,]+$/.test(path)) {
    return { status: response.status, headers, body: Buffer.from(await response.arrayBuffer()) };
  }
  if (frames === 'single part') {
    const [part] = await readParts(response);
    return { status: 200, headers: { 'content-type': part?.headers['content-type'] ?? '' }, body: part?.body ?? '' };
  }
  if (frames === 'no boundary parameter')
    headers['content-type'] = headers['content-type'].replace(/; ?boundary=.*$/, '');
  return { status: 200, headers, body: Buffer.from(await response.arrayBuffer()) };
}

function send(given: GivenAnswer, switches: Switches, request: IncomingMessage, response: ServerResponse): void {
  const { fault, gzip } = switches;
  if (fault === 'stall') return;
  if (fault === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  if (fault === 'html') {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in</h1>');
    return;
  }
  const isCompressed = gzip === true && /gzip/.test(String(request.headers['accept-encoding']));
  const plain = Buffer.from(given.body ?? '');
  const body = isCompressed ? gzipSync(plain) : plain;
  const headers = { ...given.headers, ...(isCompressed ? { 'content-encoding': 'gzip' } : {}) };
  if (fault === 'truncated' && body.length > 1) {
    // Ended by the end of the connection, as Orthanc ends what is multipart; too early.
    response.useChunkedEncodingByDefault = false;
    response.shouldKeepAlive = false;
    response.writeHead(given.status, { ...headers, connection: 'close' });
    response.end(body.subarray(0, Math.floor(body.length / 2)));
    return;
  }
  response.writeHead(given.status, given.status === 204 ? {} : { ...headers, 'content-length': String(body.length) });
  response.end(given.status === 204 ? undefined : body);
}
