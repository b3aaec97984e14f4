import type { Logger } from 'pino';
import type { Authenticate } from './access/authenticate.ts';
import type { Audit } from './audit/audit.ts';
import type { Config } from './config/config.ts';
import { createGraphql, type GraphqlOptions } from './graphql/server.ts';
import type { Handler } from './http/handler.ts';
import type { Metrics } from './http/metrics.ts';
import { createOpaqueTexts } from './links/opaque.ts';
import { createLinkRevoker } from './links/revoker.ts';
import type { OpenedLinks } from './open-links.ts';
import type { Origin } from './origin/origin.ts';
import type { AnswerCache } from './planner/answer-cache.ts';

export interface GraphqlSurroundings {
  readonly origins: ReadonlyMap<string, Origin>;
  readonly links: OpenedLinks;
  readonly cache: AnswerCache | undefined;
  readonly authenticate: Authenticate;
  readonly admit: GraphqlOptions['admit'];
  readonly audit: Audit | null;
  readonly metrics: Metrics | null;
  readonly log: Logger;
}

/** What answers /graphql. */
export function openGraphql(
  { limits, rendering, documents, explain }: Pick<Config, 'limits' | 'rendering' | 'documents' | 'explain'>,
  { origins, links, cache, authenticate, admit, audit, metrics, log }: GraphqlSurroundings,
): Handler {
  const { keys, minter, identities, tokens } = links;
  const texts = createOpaqueTexts(keys);
  return createGraphql({
    origins,
    links: minter,
    revoker: createLinkRevoker(links),
    authenticate,
    // Under the hash of each key: an operation signs to its end with the key that was the first when it began.
    keepToken({ subject, token, expiresAt }) {
      if (token === null) return;
      for (const hash of keys.subjects(subject)) tokens.keep(hash, token, expiresAt ?? Infinity);
    },
    keepIdentity({ subject, identity }) {
      for (const hash of keys.subjects(subject)) identities.keep(hash, identity);
    },
    sealedCursors: {
      seal: (text) => texts.seal('cursor', text),
      open: (cursor) => texts.open('cursor', cursor),
    },
    names: texts,
    suppressStatisticsBelow: limits.suppressStatisticsBelow,
    bounds: limits,
    maxDrawnPixels: rendering.maxPixels,
    documentBounds: limits,
    introspection: documents.introspection,
    trustedDocuments: documents.trusted,
    admit,
    explain,
    cache,
    audit: audit?.operations(({ subject }) => keys.subject(keys.currentKeyId, subject)),
    onOperation: metrics?.countOperation,
    onLink: ({ form, representations }) => {
      for (const representation of representations) metrics?.countLink(form, representation);
    },
    logger: log,
  });
}
