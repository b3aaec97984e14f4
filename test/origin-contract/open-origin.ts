import type { OriginConfig } from '../../src/origin/origin-config.ts';
import { startGraphql, type TestGraphql } from '../support/graphql.ts';
import { type SwitchableOrigin, type Switches, startSwitchableOrigin } from '../support/switchable-origin.ts';

/** The facade in front of a switchable origin, which it knows as `it`, and has probed. */
export interface OpenedOrigin extends AsyncDisposable {
  readonly graphql: TestGraphql;
  readonly behind: SwitchableOrigin;
}

export async function openOrigin(
  archive: string,
  switches: Switches,
  config: Partial<OriginConfig> = {},
): Promise<OpenedOrigin> {
  const behind = await startSwitchableOrigin(archive, switches);
  const graphql = await startGraphql({ capabilities: {}, origins: { it: { retries: 3, ...config, url: behind.url } } });
  return {
    graphql,
    behind,
    async [Symbol.asyncDispose]() {
      await graphql[Symbol.asyncDispose]();
      await behind[Symbol.asyncDispose]();
    },
  };
}
