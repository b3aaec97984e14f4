import { join } from 'node:path';
import type { Logger } from 'pino';
import { createAccess } from './access/access.ts';
import { createKeptIdentities } from './access/kept-identities.ts';
import { createKeptTokens } from './access/kept-tokens.ts';
import type { ArchiveStats } from './archive/ingest.ts';
import type { RunningArchive } from './archive/server.ts';
import type { Audit, AuditOptions } from './audit/audit.ts';
import { closeAll } from './close-all.ts';
import type { ArchiveConfig } from './config/archive.ts';
import type { Config } from './config/config.ts';
import { packageRoot } from './config/package-root.ts';
import { followLinkKeys } from './follow-link-keys.ts';
import { createCaches } from './gateway/cache/caches.ts';
import { findSubject } from './gateway/policy/find-subject.ts';
import { createIdentityBox } from './gateway/policy/identity-box.ts';
import { createLinkPolicy } from './gateway/policy/link-policy.ts';
import { createSpentLinks, createSpentLinksInMemory } from './gateway/upload/spent-links.ts';
import { createAdmission } from './http/admission.ts';
import type { CompressedPage } from './http/graphiql.ts';
import { createHandler, type Parts } from './http/handler.ts';
import { listen } from './http/listen.ts';
import { createLog } from './http/log.ts';
import { createMetrics } from './http/metrics.ts';
import { createRateLimits } from './http/rate-limits.ts';
import { watchReadiness } from './http/readiness.ts';
import { startingParts } from './http/starting-parts.ts';
import { createLinkMinter } from './links/mint.ts';
import { createOpaqueTexts } from './links/opaque.ts';
import { areLinksUsable } from './links/redeem.ts';
import { createRevocationsInMemory } from './links/revocation.ts';
import { createRevocations } from './links/revocation-folder.ts';
import { createLinkRevoker } from './links/revoker.ts';
import { probeCapabilities } from './origin/capabilities/probe.ts';
import { createOrigin, type Origin, type OriginHooks } from './origin/origin.ts';
import type { OriginConfig } from './origin/origin-config.ts';
import { AnswerCache } from './planner/answer-cache.ts';

export interface FacadeOptions {
  /** Default: JSON lines on stderr, from `config.logLevel` on. */
  readonly log?: Logger;
  /** Told of every request to an origin. */
  readonly onOriginRequest?: OriginHooks['onRequest'];
  /** By which links are minted and expire: milliseconds since the epoch. Default: Date.now. */
  readonly clock?: () => number;
}

/** The program, running. */
export interface Facade extends AsyncDisposable {
  /** Where it listens, from this machine: `http://127.0.0.1:4000`. */
  readonly url: string;
  /** What minted links begin with. */
  readonly publicUrl: string;
  /** What the embedded archive holds; null in front of other origins. */
  readonly archive: ArchiveStats | null;
  /** The first is the default. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** Resolves when every origin was asked once, whether it answered or not. */
  readonly asked: Promise<void>;
  /** Resolves when /ready says so; rejects when closed before. */
  ready(): Promise<void>;
  /** Reads the file of link keys again at once. It is read anyway within a second of a change. */
  reloadLinkKeys(): void;
  /** Lets what is under way end, within the configured bound, then stops everything. */
  close(): Promise<void>;
}

/**
 * Joins the parts, and decides nothing.
 *
 * @throws {Error} What listening throws, with the system's code: EADDRINUSE and the like.
 */
export async function startFacade(config: Config, options: FacadeOptions = {}): Promise<Facade> {
  const { log = createLog(config.logLevel), onOriginRequest, clock = Date.now } = options;
  const { host, port, limits, timeouts, cors, links } = config;
  // Listening comes first: a port that is taken is told before a large folder is read.
  let parts: Parts = startingParts;
  let publicUrl = '';
  const metrics = config.metrics ? createMetrics() : null;
  const { trustedProxies } = config;
  const server = await listen({ ...limits, ...timeouts, host, port }, (url) => {
    publicUrl = config.publicUrl ?? url;
    const { maxBodyBytes } = limits;
    const corsOrigins = cors.origins;
    const measure = metrics?.measure;
    return createHandler(() => parts, { host, publicUrl, corsOrigins, maxBodyBytes, trustedProxies, measure, log });
  });
  // In this order: what is under way needs what is behind it.
  const closers = [() => server.close()];
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closed ??= closeAll(closers);
    return closed;
  };
  try {
    const [
      embedded,
      { createGraphql },
      { createGateway },
      { createRootGateway },
      { createUploads },
      { createRenderer },
    ] = await Promise.all([
      openArchive(config.archive),
      import('./graphql/server.ts'),
      import('./gateway/gateway.ts'),
      import('./gateway/root/root-gateway.ts'),
      import('./gateway/upload/uploads.ts'),
      import('./gateway/rendering/renderer.ts'),
    ]);
    if (embedded !== null) closers.push(() => embedded.close());
    const cache = createAnswerCache(config.cache);
    const hooks: OriginHooks = {
      onRequest: (report) => {
        metrics?.countRequest(report);
        onOriginRequest?.(report);
      },
    };
    const origins = new Map(originsOf(config.archive, embedded).map((known) => [known.id, createOrigin(known, hooks)]));
    closers.push(...[...origins.values()].map((origin) => () => origin.close()));
    const caches = createCaches({
      ...config.payloadCache,
      origins: [...origins.keys()],
      onStoredElsewhere: (origin) => cache?.purge(origin),
      onTrouble: (name, error) => log.warn({ cache: name, err: error }, 'a cache on disk cannot be used'),
      onRecovered: (name) => log.info({ cache: name }, 'a cache on disk can be used again'),
    });
    closers.push(() => caches.close());
    const followed = followLinkKeys(links, log);
    closers.push(async () => followed.close());
    const { keys } = followed;
    // Where links end with the process, so may what is known of their end.
    const revocations = links.kept
      ? createRevocations(join(config.stateFolder, 'revoked-links'), clock)
      : createRevocationsInMemory(clock);
    const spentLinks = links.kept
      ? createSpentLinks(join(config.stateFolder, 'spent-links'), clock)
      : createSpentLinksInMemory(clock);
    const minter = createLinkMinter({
      keys,
      publicUrl,
      resourceSeconds: links.resourceLifetimeSeconds,
      templateSeconds: links.templateLifetimeSeconds,
      rootSeconds: links.rootLifetimeSeconds,
      uploadSeconds: links.uploadLifetimeSeconds,
      epoch: () => revocations.epoch,
      opaque: links.opaque,
      clock,
    });
    const { policy, authenticate } = await createAccess(config.access, {
      isForwarded: [...origins.values()].some((origin) => origin.config.credentials.kind === 'forward'),
      hash: (token) => keys.subject(keys.currentKeyId, token),
      opaqueTokenSeconds: links.opaqueTokenSeconds,
      clock,
      onFailure: (issuer, error) => log.warn({ issuer, err: error }, 'the keys of an issuer could not be had'),
    });
    const audit = await openAudit(config, {
      publicUrl,
      clock,
      log,
      findSubject: (hash) => findSubject(hash, identities, keys),
    });
    if (audit !== null) closers.push(() => audit.close());
    metrics?.watch({
      cache: cache && (() => cache.counts),
      payloads: () => caches,
      origins: () => origins.values(),
      audit: audit === null ? undefined : () => audit.counts,
    });
    const readiness = watchReadiness({ origins: [...origins.values()], probe: probeCapabilities, log });
    closers.unshift(async () => readiness.close());
    const onError = (error: unknown, requestId?: string) =>
      log.error({ requestId, err: error }, 'a payload could not be delivered');
    const tokens = createKeptTokens(clock);
    const renderer = createRenderer(config.rendering);
    closers.push(() => renderer.close());
    const texts = createOpaqueTexts(keys);
    const identities = createKeptIdentities(join(config.stateFolder, 'identities'), {
      box: createIdentityBox(keys),
      clock,
      onUnwritable: (error) =>
        log.warn({ err: error }, 'no state folder: links of those who are known are good in this process alone'),
      onRecovered: () => log.info({}, 'the state folder can be written again'),
    });
    const admission = createAdmission(createRateLimits(config.rateLimits), (subject, keyId = keys.currentKeyId) =>
      keys.subject(keyId, subject),
    );
    const gateway = {
      origins,
      tokens,
      keys,
      revocations,
      minter,
      clock,
      readers: limits,
      renderer,
      sourceOf: caches.sourceOf,
      policy: createLinkPolicy({ policy, identities, keys }),
      admit: admission.open,
      audit: audit?.links,
      onError,
    };
    const uploads = createUploads({
      ...gateway,
      spentLinks,
      maxUploads: limits.maxUploads,
      senders: limits,
      onStored: (origin, studies) => {
        cache?.purge(origin);
        return caches.purge(origin, studies);
      },
    });
    parts = {
      graphql: createGraphql({
        origins,
        links: minter,
        revoker: createLinkRevoker(gateway),
        authenticate,
        keepToken: ({ subject, token, expiresAt }) => {
          if (token === null) return;
          for (const hash of keys.subjects(subject)) tokens.keep(hash, token, expiresAt ?? Infinity);
        },
        sealedCursors: {
          seal: (text) => texts.seal('cursor', text),
          open: (cursor) => texts.open('cursor', cursor),
        },
        // Under the hash of each key: an operation signs to its end with the key that was the first when it began.
        keepIdentity: ({ subject, identity }) => {
          for (const hash of keys.subjects(subject)) identities.keep(hash, identity);
        },
        names: texts,
        suppressStatisticsBelow: limits.suppressStatisticsBelow,
        bounds: limits,
        maxDrawnPixels: config.rendering.maxPixels,
        documentBounds: limits,
        introspection: config.documents.introspection,
        trustedDocuments: config.documents.trusted,
        admit: admission.ask,
        explain: config.explain,
        cache,
        audit: audit?.operations(({ subject }) => keys.subject(keys.currentKeyId, subject)),
        onOperation: metrics?.countOperation,
        onLink: ({ form, representations }) => {
          for (const representation of representations) metrics?.countLink(form, representation);
        },
        logger: log,
      }),
      links: createGateway(gateway, uploads),
      dicomweb: createRootGateway(gateway),
      graphiql: config.graphiql ? graphiqlPage() : null,
      metrics: metrics?.send ?? null,
      isReady: () => readiness.isReady() && areLinksUsable(gateway) && audit?.isAnswering() !== false,
    };
    const { asked, ready } = readiness;
    const archive = embedded?.stats ?? null;
    return {
      url: server.url,
      publicUrl,
      archive,
      origins,
      asked,
      ready,
      reloadLinkKeys: followed.reload,
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close().catch(() => undefined); // why it did not start is told
    throw error;
  }
}

function createAnswerCache({ maxBytes, ...ttl }: Config['cache']): AnswerCache | undefined {
  if (maxBytes === 0) return undefined;
  const { studyTtlMs: study, seriesTtlMs: series, instanceTtlMs: instance, metadataTtlMs: metadata } = ttl;
  return new AnswerCache({ maxBytes, ttlMs: { study, series, instance, metadata } });
}

async function openAudit(
  { audit: settings }: Config,
  surroundings: Pick<AuditOptions, 'publicUrl' | 'clock' | 'log' | 'findSubject'>,
): Promise<Audit | null> {
  if (settings === null) return null;
  const { createAudit } = await import('./audit/audit.ts');
  return createAudit({ ...settings, ...surroundings });
}

/** GraphiQL, rendered when it is first asked for. */
function graphiqlPage(): NonNullable<Parts['graphiql']> {
  let page: Promise<CompressedPage> | undefined;
  async function render(): Promise<CompressedPage> {
    const { createGraphiqlPage } = await import('./graphql/graphiql.ts');
    return createGraphiqlPage(join(packageRoot, 'schema', 'operations'));
  }
  return () => {
    page ??= render();
    return page;
  };
}

/** The embedded archive over a folder or the phantom studies, on loopback; null in front of other origins. */
async function openArchive(archive: ArchiveConfig): Promise<RunningArchive | null> {
  if (archive.kind === 'origins') return null;
  const { startArchive } = await import('./archive/server.ts');
  if (archive.kind === 'folder') return startArchive({ folder: archive.folder, writable: archive.isWritable });
  const { createPhantomFiles } = await import('./phantom/phantom-studies.ts');
  const files = await createPhantomFiles();
  return startArchive({ files: files.map(({ bytes }) => bytes), writable: true });
}

function originsOf(archive: ArchiveConfig, embedded: RunningArchive | null): readonly OriginConfig[] {
  if (archive.kind === 'origins') return archive.origins;
  const isPhantom = archive.kind === 'phantom';
  return [
    {
      ...archive.requests,
      id: isPhantom ? 'demo' : 'folder',
      name: isPhantom ? 'Phantom studies' : 'Folder',
      url: embedded?.url ?? '',
      profile: 'embedded',
      capabilities: { storing: archive.kind === 'phantom' || archive.isWritable },
      credentials: { kind: 'none' },
    },
  ];
}
