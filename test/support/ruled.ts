import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anonymousIdentity, type Identity } from '../../src/access/identity.ts';
import { createKeptIdentities, type KeptIdentities } from '../../src/access/kept-identities.ts';
import type { Principal } from '../../src/access/principal.ts';
import type { RowRules } from '../../src/access/row-rules.ts';
import { scopes as allScopes, type Scope } from '../../src/access/scopes.ts';
import type { Caches } from '../../src/gateway/cache/caches.ts';
import { createGateway, type GatewayOptions } from '../../src/gateway/gateway.ts';
import { createIdentityBox } from '../../src/gateway/policy/identity-box.ts';
import { createLinkPolicy } from '../../src/gateway/policy/link-policy.ts';
import { createRenderer } from '../../src/gateway/rendering/renderer.ts';
import { createRootGateway } from '../../src/gateway/root/root-gateway.ts';
import { createSpentLinksInMemory } from '../../src/gateway/upload/spent-links.ts';
import { createUploads } from '../../src/gateway/upload/uploads.ts';
import { defaultBounds, type OperationBounds } from '../../src/graphql/limits.ts';
import { createGraphql } from '../../src/graphql/server.ts';
import { createLinkMinter } from '../../src/links/mint.ts';
import { createOpaqueTexts } from '../../src/links/opaque.ts';
import { createRevocationsInMemory } from '../../src/links/revocation.ts';
import { createLinkRevoker } from '../../src/links/revoker.ts';
import type { ConfiguredCapabilities } from '../../src/origin/capabilities/capabilities.ts';
import type { Origin } from '../../src/origin/origin.ts';
import { AnswerCache } from '../../src/planner/answer-cache.ts';
import { startTestArchive } from './archive.ts';
import { createTestCaches } from './gateway.ts';
import { type Answer, ableOrigin } from './graphql.ts';
import { linkKeys, noon } from './links.ts';
import { createTestOrigin } from './origin-client.ts';
import { watchedLog } from './watched-log.ts';

/** What a principal may do, and see. */
export interface Ruled {
  /** null: everything. A function makes them of what is known of whoever asks, or of whom a link was minted for. */
  readonly rows: RowRules | null | ((identity: Identity) => RowRules | null);
  /** Default: all. */
  readonly scopes?: readonly Scope[];
}

/** GraphQL, links and roots as the program joins them, with a policy that the test makes up as it goes. */
export interface RuledFacade extends AsyncDisposable {
  readonly url: string;
  /** What the policy says of a name from now on; a name that it does not know may do nothing. */
  readonly rules: Map<string, Ruled>;
  /** Asks under a name. The same name may come with several sets of claims: `name/claim`. */
  query(name: string, query: string, variables?: Readonly<Record<string, unknown>>): Promise<Answer>;
  readonly identities: KeptIdentities;
  /** Before the origins, for links and roots; null where nothing is kept. */
  readonly caches: Caches | null;
  /** What reached the archive since this was last emptied: `/studies PatientID limit`. */
  readonly requests: string[];
  readonly archiveUrl: string;
}

/** What archives do with searches: all that planning can use, and no more than must be. */
export const ableAndPlain = {
  able: { uidListMatching: true, rootSeriesSearch: true, rootInstanceSearch: true, includeField: true },
  plain: { uidListMatching: false, includeField: false },
} as const;

export interface RuledOptions {
  readonly files: readonly Buffer[];
  /** Default: everything, as one origin with the id `able`. */
  readonly origins?: Readonly<Record<string, ConfiguredCapabilities>>;
  /** Other origins, by id: their URLs. */
  readonly urls?: Readonly<Record<string, string>>;
  readonly bounds?: Partial<OperationBounds>;
  /** Where identities are kept; default: a folder of its own. */
  readonly folder?: string;
  /** Whether all links are opaque; default false. */
  readonly opaqueLinks?: boolean;
  /** Whether payloads and metadata are kept, as the program keeps them. Default: each opening asks the archive. */
  readonly isCached?: boolean;
}

export async function startRuled(options: RuledOptions): Promise<RuledFacade> {
  const { files, origins: capabilities = { able: ableOrigin }, urls = {} } = options;
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'ruled-')));
  const requests: string[] = [];
  const archive = await startTestArchive({
    files,
    writable: true,
    onRequest: ({ path, parameters }) => {
      requests.push([path, ...(parameters ?? []).map(([name]) => name).sort()].join(' '));
    },
  });
  const origins = new Map<string, Origin>();
  for (const [id, known] of Object.entries(capabilities)) {
    const able = { storing: true, ...known };
    const waits = { headersTimeoutMs: 10_000, bodyIdleTimeoutMs: 10_000, maxConcurrentRequests: 16 };
    origins.set(id, createTestOrigin(urls[id] ?? archive.url, { id, name: id, capabilities: able, ...waits }));
  }
  const rules = new Map<string, Ruled>();
  const policy = {
    principalOf(identity: Identity): Principal {
      const { subject, expiresAt, token } = identity;
      const known = rules.get([subject, ...(identity.claims['claim'] ?? [])].join('/'));
      const rows = known === undefined ? { anyOf: [] } : known.rows;
      const own = typeof rows === 'function' ? rows(identity) : rows;
      const granted = known === undefined ? [] : (known.scopes ?? allScopes);
      return { subject, scopes: new Set(granted), expiresAt, token, rows: own, identity };
    },
  };
  const identities = createKeptIdentities(join(folder, 'identities'), {
    box: createIdentityBox(linkKeys),
    clock: () => noon * 1000,
  });
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path.startsWith('/links/')) return void links(request, response);
    if (path.startsWith('/dicomweb/')) return void roots(request, response);
    return void graphql(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = () => noon * 1000;
  const revocations = createRevocationsInMemory(clock);
  const minter = createLinkMinter({ keys: linkKeys, publicUrl: url, clock, opaque: options.opaqueLinks === true });
  const texts = createOpaqueTexts(linkKeys);
  const caches = options.isCached
    ? createTestCaches({ folder: join(folder, 'payloads'), origins: [...origins.keys()] })
    : null;
  const renderer = createRenderer();
  const gateway: GatewayOptions = {
    origins,
    renderer,
    keys: linkKeys,
    revocations,
    minter,
    clock,
    ...(caches === null ? {} : { sourceOf: caches.sourceOf }),
    policy: createLinkPolicy({ policy, identities, keys: linkKeys }),
    onError: (error) => {
      throw error;
    },
  };
  const cache = new AnswerCache({
    maxBytes: 2 ** 26,
    ttlMs: { study: 600_000, series: 600_000, instance: 600_000, metadata: 600_000 },
  });
  const uploads = createUploads({
    ...gateway,
    spentLinks: createSpentLinksInMemory(clock),
    onStored: async (origin, studies) => {
      cache.purge(origin);
      await caches?.purge(origin, studies);
    },
  });
  const links = createGateway(gateway, uploads);
  const roots = createRootGateway(gateway);
  const graphql = createGraphql({
    origins,
    links: minter,
    revoker: createLinkRevoker(gateway),
    authenticate: (headers) => {
      const [subject = '', ...claim] = String(headers['x-name'] ?? '').split('/');
      if (subject === '') return policy.principalOf(anonymousIdentity);
      return policy.principalOf({ subject, kind: 'oidc', claims: { claim }, expiresAt: null, token: null });
    },
    keepIdentity: ({ subject, identity }) =>
      identities.keep(linkKeys.subject(linkKeys.currentKeyId, subject), identity),
    sealedCursors: { seal: (text) => texts.seal('cursor', text), open: (cursor) => texts.open('cursor', cursor) },
    names: texts,
    bounds: { ...defaultBounds, ...options.bounds },
    explain: true,
    cache,
    logger: watchedLog(),
  });
  return {
    url,
    rules,
    identities,
    caches,
    requests,
    archiveUrl: archive.url,
    async query(name, query, variables = {}) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-name': name, 'x-dicomweb-explain': '1' },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as Answer;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await Promise.all([...origins.values()].map((origin) => origin.close()));
      await caches?.close();
      await renderer.close();
      await archive.close();
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
