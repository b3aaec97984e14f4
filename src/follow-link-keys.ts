import type { Logger } from 'pino';
import type { LinkKey } from './config/link-key.ts';
import type { LinkKeyConfig } from './config/link-keys.ts';
import { watchLinkKeys } from './config/watch-link-keys.ts';
import { createLinkKeys, type LinkKeys } from './links/keys.ts';
import { createLiveLinkKeys } from './links/live-keys.ts';

/** The keys of links, as their file has them now. */
export interface FollowedLinkKeys {
  readonly keys: LinkKeys;
  /** Reads the file again at once, instead of within a second. */
  reload(): void;
  close(): void;
}

/** Follows the file of link keys, if they come from one. A file that cannot be used changes nothing, and is logged. */
export function followLinkKeys({ keys: first, file }: LinkKeyConfig, log: Logger): FollowedLinkKeys {
  const keys = createLiveLinkKeys(toLinkKeys(first));
  if (file === null) return { keys, reload() {}, close() {} };
  const watch = watchLinkKeys(file, {
    current: first,
    onKeys(next) {
      keys.replace(toLinkKeys(next));
      const [signs, ...verify] = next.map(({ id }) => id);
      log.info({ signs, verify }, 'link keys were read again');
    },
    onProblems: (problems) => log.warn({ problems }, 'link keys stay as they were: their file cannot be used'),
  });
  return { keys, reload: watch.reload, close: watch.close };
}

const toLinkKeys = (keys: readonly LinkKey[]): LinkKeys =>
  createLinkKeys(new Map(keys.map(({ id, secret }) => [id, secret])));
