import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Caches, type CachesOptions, createCaches } from '../../src/gateway/cache/caches.ts';
import { createGateway, type GatewayOptions } from '../../src/gateway/gateway.ts';
import { createRenderer } from '../../src/gateway/rendering/renderer.ts';
import { createRootGateway } from '../../src/gateway/root/root-gateway.ts';
import { createSpentLinksInMemory } from '../../src/gateway/upload/spent-links.ts';
import { createUploads, type UploadOptions } from '../../src/gateway/upload/uploads.ts';
import { createLinkMinter, type LinkMinter, type PrincipalLinks } from '../../src/links/mint.ts';
import { createRevocationsInMemory, type Revocations } from '../../src/links/revocation.ts';
import type { Origin } from '../../src/origin/origin.ts';
import type { OriginConfig } from '../../src/origin/origin-config.ts';
import type { RequestReport } from '../../src/origin/request-report.ts';
import { linkKeys, noon } from './links.ts';
import { createTestOrigin } from './origin-client.ts';

export interface TestGateway extends AsyncDisposable {
  readonly port: number;
  readonly origin: Origin;
  readonly minter: LinkMinter;
  readonly revocations: Revocations;
  /** Links of an anonymous principal, at the time of `clock`. */
  readonly links: PrincipalLinks;
  /** Seconds since the epoch; may be set. */
  readonly clock: { now: number };
  /** Requests that the origin was sent. */
  readonly reports: RequestReport[];
  /** What `onError` was told. */
  readonly faults: unknown[];
  /** What is before the origin; null where nothing is kept. */
  readonly caches: Caches | null;
  /** Ids of origins that were sent files. */
  readonly stored: string[];
  close(): Promise<void>;
}

const cacheDefaults: Omit<CachesOptions, 'folder'> = {
  objectBytes: 2 ** 24,
  objectTtlSeconds: 600,
  renderedBytes: 2 ** 24,
  renderedTtlSeconds: 600,
  metadataBytes: 2 ** 20,
  metadataTtlSeconds: 60,
  maxEntryBytes: 2 ** 23,
  maxFills: 64,
  origins: ['test'],
};

/** Caches large enough for a test, before the origin `test` unless others are named. */
export const createTestCaches = (options: Partial<CachesOptions> & Pick<CachesOptions, 'folder'>): Caches =>
  createCaches({ ...cacheDefaults, ...options });

/** A gateway over real HTTP on a free port, in front of an origin with the id `test`. */
export async function startTestGateway(
  originUrl: string,
  config: Partial<OriginConfig> = {},
  uploads: Partial<Pick<UploadOptions, 'maxUploads' | 'spoolMemoryBytes' | 'senders' | 'spentLinks'>> = {},
  more: {
    /** Without it, nothing is kept. */
    readonly caches?: Partial<CachesOptions> & Pick<CachesOptions, 'folder'>;
    readonly gateway?: Partial<GatewayOptions>;
  } = {},
): Promise<TestGateway> {
  const caches = more.caches === undefined ? null : createTestCaches(more.caches);
  const clock = { now: noon };
  const reports: RequestReport[] = [];
  const faults: unknown[] = [];
  const stored: string[] = [];
  const origin = createTestOrigin(originUrl, config, { onRequest: (report) => reports.push(report) });
  const server = createServer((req, res) => void (req.url?.startsWith('/dicomweb/') ? roots : gateway)(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const milliseconds = () => clock.now * 1000;
  const publicUrl = `http://127.0.0.1:${port}`;
  const revocations = createRevocationsInMemory(milliseconds);
  const minter = createLinkMinter({ keys: linkKeys, publicUrl, clock: milliseconds, epoch: () => revocations.epoch });
  const renderer = createRenderer();
  const options: GatewayOptions = {
    origins: new Map([[origin.id, origin]]),
    keys: linkKeys,
    revocations,
    minter,
    renderer,
    clock: milliseconds,
    ...(caches === null ? {} : { sourceOf: caches.sourceOf }),
    onError: (error) => faults.push(error),
    ...more.gateway,
  };
  const gateway = createGateway(
    options,
    createUploads({
      spentLinks: createSpentLinksInMemory(milliseconds),
      ...uploads,
      ...options,
      onStored: async (id, studies) => {
        stored.push(id);
        await caches?.purge(id, studies);
      },
    }),
  );
  const roots = createRootGateway(options);
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await origin.close();
    await caches?.close();
    await renderer.close();
  };
  return {
    port,
    origin,
    minter,
    revocations,
    clock,
    reports,
    faults,
    stored,
    caches,
    close,
    get links() {
      return minter.linksFor({ id: 'anonymous' });
    },
    [Symbol.asyncDispose]: close,
  };
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request whose target goes over the wire as it is: fetch would tidy it up. */
export function rawRequest(
  port: number,
  target: string,
  method = 'GET',
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: target, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('latin1'),
        }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** The path of a link, as it stands in a request line. */
export const pathOf = (url: string): string => url.slice(url.search(/\/(?:links|dicomweb)\//));
