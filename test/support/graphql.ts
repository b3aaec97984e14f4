import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAnonymousAuthentication } from '../../src/access/authenticate.ts';
import { createAnonymous } from '../../src/access/principal.ts';
import type { Scope } from '../../src/access/scopes.ts';
import type { StartArchiveOptions } from '../../src/archive/server.ts';
import { type DocumentBounds, defaultDocumentBounds } from '../../src/graphql/document-bounds.ts';
import { defaultBounds, type OperationBounds } from '../../src/graphql/limits.ts';
import { createGraphql } from '../../src/graphql/server.ts';
import { createOpaqueTexts } from '../../src/links/opaque.ts';
import { createRevocationsInMemory } from '../../src/links/revocation.ts';
import { createLinkRevoker } from '../../src/links/revoker.ts';
import type { ConfiguredCapabilities } from '../../src/origin/capabilities/capabilities.ts';
import { probeCapabilities } from '../../src/origin/capabilities/probe.ts';
import { createOrigin, type Origin } from '../../src/origin/origin.ts';
import type { OriginConfig } from '../../src/origin/origin-config.ts';
import type { AnswerCache } from '../../src/planner/answer-cache.ts';
import { type Attributes, dicomFile, startTestArchive, tinyImage } from './archive.ts';
import { linkKeys, minterAt, noon } from './links.ts';
import { watchedLog } from './watched-log.ts';

/** What an origin that conforms and does more can do, as the embedded archive. */
export const ableOrigin: ConfiguredCapabilities = {
  uidListMatching: true,
  rootSeriesSearch: true,
  rootInstanceSearch: true,
  includeField: true,
  caseInsensitiveMatching: true,
  ordering: true,
};

export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what its test looks at
  readonly data: any;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface TestGraphql extends AsyncDisposable {
  query(
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  /** Requests that reached the archive since the last query began: `GET /studies limit includefield`. */
  readonly requests: readonly string[];
  readonly url: string;
  /** Of the archive behind it. */
  readonly archiveUrl: string;
}

export interface TestGraphqlOptions {
  readonly archive?: StartArchiveOptions;
  /** Several origins over the same archive, by id: what each can do. Default: one, that can do everything. */
  readonly capabilities?: Readonly<Record<string, ConfiguredCapabilities>>;
  /** Other origins, by id: their URLs. */
  readonly urls?: Readonly<Record<string, string>>;
  /** Other origins, by id, as they are configured; each is probed first. */
  readonly origins?: Readonly<Record<string, Pick<OriginConfig, 'url'> & Partial<OriginConfig>>>;
  readonly bounds?: Partial<OperationBounds>;
  readonly documentBounds?: Partial<DocumentBounds>;
  readonly suppressStatisticsBelow?: number;
  /** Of everyone; default all there are. */
  readonly scopes?: readonly Scope[];
  readonly cache?: AnswerCache;
}

/** The GraphQL room over real HTTP, in front of the embedded archive over real HTTP. Links are minted at a fixed noon. */
export async function startGraphql(options: TestGraphqlOptions): Promise<TestGraphql> {
  const requests: string[] = [];
  const archive = await startTestArchive({
    files: [],
    ...options.archive,
    onRequest: ({ path, parameters }) => {
      const keys = (parameters ?? []).map(([name]) => name).sort();
      requests.push([`GET ${path}`, ...keys].join(' '));
    },
  });
  const origins = new Map<string, Origin>();
  for (const [id, capabilities] of Object.entries(options.capabilities ?? { able: ableOrigin })) {
    origins.set(id, openOrigin(id, archive.url, capabilities));
  }
  for (const [id, url] of Object.entries(options.urls ?? {})) origins.set(id, openOrigin(id, url, ableOrigin));
  for (const [id, { url, ...config }] of Object.entries(options.origins ?? {})) {
    const origin = openOrigin(id, url, {}, config);
    origins.set(id, origin);
    await probeCapabilities(origin);
  }
  const handler = createGraphql({
    origins,
    links: minterAt(noon),
    revoker: createLinkRevoker({ keys: linkKeys, revocations: createRevocationsInMemory() }),
    authenticate: createAnonymousAuthentication(createAnonymous(options.scopes)),
    names: createOpaqueTexts(linkKeys),
    ...(options.suppressStatisticsBelow === undefined
      ? {}
      : { suppressStatisticsBelow: options.suppressStatisticsBelow }),
    bounds: { ...defaultBounds, ...options.bounds },
    documentBounds: { ...defaultDocumentBounds, ...options.documentBounds },
    explain: true,
    cache: options.cache,
    logger: watchedLog(),
  });
  const server = createServer((request, response) => void handler(request, response));
  const url = await listen(server);
  return {
    requests,
    url,
    archiveUrl: archive.url,
    async query(query, variables = {}, headers = {}) {
      requests.length = 0;
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as Answer;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await Promise.all([...origins.values()].map((origin) => origin.close()));
      await archive.close();
    },
  };
}

function openOrigin(
  id: string,
  url: string,
  capabilities: ConfiguredCapabilities,
  config: Partial<OriginConfig> = {},
): Origin {
  return createOrigin({
    id,
    name: id,
    url,
    credentials: { kind: 'none' },
    connectTimeoutMs: 1_000,
    headersTimeoutMs: 2_000,
    bodyIdleTimeoutMs: 2_000,
    maxConcurrentRequests: 16,
    maxMetadataBytes: 2 ** 26,
    retries: 0,
    capabilities,
    ...config,
  });
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

/**
 * Studies 1.1 to 1.N, each with series 1.N.1 to 1.N.S, each with instances 1.N.S.1 to 1.N.S.I. Numbers run against the
 * UIDs, so that an order by number differs from one by UID. Study n is of 2024-01-n, modality CT, MR or US in turn.
 */
export function numberedFiles(studies: number, series: number, instances: number, more: Attributes = {}): Buffer[] {
  const files: Buffer[] = [];
  for (let n = 1; n <= studies; n++) {
    for (let s = 1; s <= series; s++) {
      for (let i = 1; i <= instances; i++) {
        files.push(
          dicomFile({
            ...tinyImage,
            PatientID: `P-${n}`,
            PatientName: `Doe^John ${n}`,
            StudyInstanceUID: `1.${n}`,
            StudyDate: `202401${String(n).padStart(2, '0')}`,
            StudyDescription: `Study ${n}`,
            SeriesInstanceUID: `1.${n}.${s}`,
            SeriesNumber: String(series - s + 1),
            SeriesDescription: `Series ${s}`,
            Modality: ['CT', 'MR', 'US'][n % 3] ?? 'CT',
            SOPInstanceUID: `1.${n}.${s}.${i}`,
            InstanceNumber: String(instances - i + 1),
            SliceLocation: `${i}.5`,
            ...more,
          }),
        );
      }
    }
  }
  return files;
}
