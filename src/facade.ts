import { join } from 'node:path';
import type { Logger } from 'pino';
import { createAccess } from './access/access.ts';
import type { ArchiveStats } from './archive/ingest.ts';
import { type Closers, closeAll } from './close-all.ts';
import type { Config } from './config/config.ts';
import { packageRoot } from './config/package-root.ts';
import { findSubject } from './gateway/policy/find-subject.ts';
import { createAdmission } from './http/admission.ts';
import type { CompressedPage } from './http/graphiql.ts';
import { createHandler, type Parts } from './http/handler.ts';
import { listen } from './http/listen.ts';
import { createLog } from './http/log.ts';
import { createMetrics } from './http/metrics.ts';
import { createRateLimits } from './http/rate-limits.ts';
import { watchReadiness } from './http/readiness.ts';
import { startingParts } from './http/starting-parts.ts';
import { areLinksUsable } from './links/redeem.ts';
import { openAudit } from './open-audit.ts';
import { openCaches } from './open-caches.ts';
import { openLinks } from './open-links.ts';
import { openOrigins } from './open-origins.ts';
import { probeCapabilities } from './origin/capabilities/probe.ts';
import type { Origin, OriginHooks } from './origin/origin.ts';

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
  const { host, port, limits, timeouts, cors, trustedProxies } = config;
  // Listening comes first: a port that is taken is told before a large folder is read.
  let parts: Parts = startingParts;
  let publicUrl = '';
  const metrics = config.metrics ? createMetrics() : null;
  const server = await listen({ ...limits, ...timeouts, host, port }, (url) => {
    publicUrl = config.publicUrl ?? url;
    const { maxBodyBytes } = limits;
    const corsOrigins = cors.origins;
    const measure = metrics?.measure;
    return createHandler(() => parts, { host, publicUrl, corsOrigins, maxBodyBytes, trustedProxies, measure, log });
  });
  const closers: Closers = [() => server.close()];
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closed ??= closeAll(closers);
    return closed;
  };
  try {
    const hooks: OriginHooks = {
      onRequest: (report) => {
        metrics?.countRequest(report);
        onOriginRequest?.(report);
      },
    };
    const [{ origins, archive }, { openGateway }, { openGraphql }] = await Promise.all([
      openOrigins(config.archive, hooks, closers),
      import('./open-gateway.ts'),
      import('./open-graphql.ts'),
    ]);
    const caches = openCaches(config, [...origins.keys()], log, closers);
    const { answers } = caches;
    const links = openLinks(config, { publicUrl, clock, log }, closers);
    const { keys, identities } = links;
    const { policy, authenticate } = await createAccess(config.access, {
      isForwarded: [...origins.values()].some((origin) => origin.config.credentials.kind === 'forward'),
      hash: (token) => keys.subject(keys.currentKeyId, token),
      opaqueTokenSeconds: config.links.opaqueTokenSeconds,
      clock,
      onFailure: (issuer, error) => log.warn({ issuer, err: error }, 'the keys of an issuer could not be had'),
    });
    const nameOf = (hash: string): Promise<string | null> => findSubject(hash, identities, keys);
    const audit = await openAudit(config, { publicUrl, clock, log, findSubject: nameOf }, closers);
    metrics?.watch({
      cache: answers && (() => answers.counts),
      payloads: () => caches.payloads,
      origins: () => origins.values(),
      audit: audit === null ? undefined : () => audit.counts,
    });
    const readiness = watchReadiness({ origins: [...origins.values()], probe: probeCapabilities, log });
    closers.unshift(async () => readiness.close());
    const admission = createAdmission(createRateLimits(config.rateLimits), (subject, keyId = keys.currentKeyId) =>
      keys.subject(keyId, subject),
    );
    const surroundings = { origins, links, audit, log };
    parts = {
      ...openGateway(config, { ...surroundings, caches, policy, admit: admission.open, clock }, closers),
      graphql: openGraphql(config, {
        ...surroundings,
        cache: answers,
        authenticate,
        admit: admission.ask,
        metrics,
      }),
      graphiql: config.graphiql ? graphiqlPage() : null,
      metrics: metrics?.send ?? null,
      isReady: () => readiness.isReady() && areLinksUsable(links) && audit?.isAnswering() !== false,
    };
    const { asked, ready } = readiness;
    return {
      url: server.url,
      publicUrl,
      archive,
      origins,
      asked,
      ready,
      reloadLinkKeys: links.reloadKeys,
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close().catch(() => undefined); // why it did not start is told
    throw error;
  }
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
