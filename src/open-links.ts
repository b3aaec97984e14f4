import { join } from 'node:path';
import type { Logger } from 'pino';
import { createKeptIdentities, type KeptIdentities } from './access/kept-identities.ts';
import { createKeptTokens, type KeptTokens } from './access/kept-tokens.ts';
import type { Closers } from './close-all.ts';
import type { Config } from './config/config.ts';
import { followLinkKeys } from './follow-link-keys.ts';
import { createIdentityBox } from './gateway/policy/identity-box.ts';
import { createSpentLinks, createSpentLinksInMemory, type SpentLinks } from './gateway/upload/spent-links.ts';
import type { LinkKeys } from './links/keys.ts';
import { createLinkMinter, type LinkMinter } from './links/mint.ts';
import { createRevocationsInMemory, type Revocations } from './links/revocation.ts';
import { createRevocations } from './links/revocation-folder.ts';

/** What links are made and opened with, and what is kept until they end. */
export interface OpenedLinks {
  readonly keys: LinkKeys;
  readonly minter: LinkMinter;
  readonly revocations: Revocations;
  readonly spentLinks: SpentLinks;
  /** For whom links were minted, by their hashes. */
  readonly identities: KeptIdentities;
  /** Their own tokens, for origins that take those. */
  readonly tokens: KeptTokens;
  /** Reads the file of keys again at once. */
  reloadKeys(): void;
}

export interface LinkSurroundings {
  readonly publicUrl: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Logger;
}

export function openLinks(
  { links, stateFolder }: Pick<Config, 'links' | 'stateFolder'>,
  { publicUrl, clock, log }: LinkSurroundings,
  closers: Closers,
): OpenedLinks {
  const { keys, reload, close } = followLinkKeys(links, log);
  closers.push(async () => close());
  // Where links end with the process, so may what is known of their end.
  const revocations = links.kept
    ? createRevocations(join(stateFolder, 'revoked-links'), clock)
    : createRevocationsInMemory(clock);
  const spentLinks = links.kept
    ? createSpentLinks(join(stateFolder, 'spent-links'), clock)
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
  const identities = createKeptIdentities(join(stateFolder, 'identities'), {
    box: createIdentityBox(keys),
    clock,
    onUnwritable: (error) =>
      log.warn({ err: error }, 'no state folder: links of those who are known are good in this process alone'),
    onRecovered: () => log.info({}, 'the state folder can be written again'),
  });
  return { keys, minter, revocations, spentLinks, identities, tokens: createKeptTokens(clock), reloadKeys: reload };
}
