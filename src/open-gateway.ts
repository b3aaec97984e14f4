import type { Logger } from 'pino';
import type { Policy } from './access/policy.ts';
import type { Audit } from './audit/audit.ts';
import type { Closers } from './close-all.ts';
import type { Config } from './config/config.ts';
import type { Admit } from './gateway/admission.ts';
import { createGateway, type Gateway, type GatewayOptions } from './gateway/gateway.ts';
import { createLinkPolicy } from './gateway/policy/link-policy.ts';
import { createRenderer } from './gateway/rendering/renderer.ts';
import { createRootGateway } from './gateway/root/root-gateway.ts';
import { createUploads } from './gateway/upload/uploads.ts';
import type { OpenedCaches } from './open-caches.ts';
import type { OpenedLinks } from './open-links.ts';
import type { Origin } from './origin/origin.ts';

export interface GatewaySurroundings {
  readonly origins: ReadonlyMap<string, Origin>;
  readonly links: OpenedLinks;
  readonly caches: OpenedCaches;
  readonly policy: Policy;
  readonly admit: Admit;
  readonly audit: Audit | null;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Logger;
}

/** What answers links: objects and uploads below /links/, DICOMweb roots below /dicomweb/. */
export function openGateway(
  { limits, rendering }: Pick<Config, 'limits' | 'rendering'>,
  { origins, links, caches, policy, admit, audit, clock, log }: GatewaySurroundings,
  closers: Closers,
): { readonly links: Gateway; readonly dicomweb: Gateway } {
  const { keys, revocations, minter, identities, tokens, spentLinks } = links;
  const renderer = createRenderer(rendering);
  closers.push(() => renderer.close());
  const gateway = {
    origins,
    tokens,
    keys,
    revocations,
    minter,
    clock,
    readers: limits,
    renderer,
    sourceOf: caches.payloads.sourceOf,
    policy: createLinkPolicy({ policy, identities, keys }),
    admit,
    audit: audit?.links,
    onError: (error, requestId) => log.error({ requestId, err: error }, 'a payload could not be delivered'),
  } satisfies GatewayOptions;
  const uploads = createUploads({
    ...gateway,
    spentLinks,
    maxUploads: limits.maxUploads,
    senders: limits,
    onStored: (origin, studies) => {
      caches.answers?.purge(origin);
      return caches.payloads.purge(origin, studies);
    },
  });
  return { links: createGateway(gateway, uploads), dicomweb: createRootGateway(gateway) };
}
