import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { SettingsInput } from '../../src/index.ts';
import { type ShortEvent, shortTrail } from './audit.ts';
import { startTestFacade, type TestFacade, type TestFacadeOptions } from './facade.ts';

/** The whole program with a trail of its own, closed when the test is done. */
export interface Audited {
  readonly facade: TestFacade;
  /** Where the files of the trail are. */
  readonly folder: string;
  readonly trail: () => Promise<readonly ShortEvent[]>;
  /** Sends an operation, or whatever is no operation, and gives the answer as it is. */
  readonly post: (body: unknown, headers?: Readonly<Record<string, string>>) => Promise<Response>;
}

export async function startAudited(
  settings: SettingsInput,
  audit: NonNullable<SettingsInput['audit']> = {},
  options: TestFacadeOptions = {},
): Promise<Audited> {
  const stateFolder = await mkdtemp(join(tmpdir(), 'audit-'));
  const facade = await startTestFacade({ stateFolder, ...settings, audit: { enabled: true, ...audit } }, options);
  onTestFinished(async () => {
    await facade.close();
    await rm(stateFolder, { recursive: true, force: true });
  });
  const folder = facade.config.audit?.folder ?? '';
  return {
    facade,
    folder,
    trail: () => shortTrail(folder),
    post: (body, headers = {}) =>
      fetch(`${facade.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  };
}

/** From now on nothing can be written there: a file stands where the folder was. Root may write where nobody else may. */
export function breakTrail(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  writeFileSync(folder, '');
}

export const mendTrail = (folder: string): void => rmSync(folder);
