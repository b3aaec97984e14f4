import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from './read-environment.ts';

/** Where programs of this user keep state between runs: the XDG base directories, on Windows %LOCALAPPDATA%. */
export function defaultStateFolder(environment: Environment): string {
  const base = environment['XDG_STATE_HOME'] || environment['LOCALAPPDATA'] || join(homedir(), '.local', 'state');
  return join(base, 'dicomweb-graphql');
}
