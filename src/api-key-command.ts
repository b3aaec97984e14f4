import { parseArgs } from 'node:util';
import { makeApiKey } from './access/api-keys.ts';
import { apiKeyEntry } from './config/access-settings.ts';

/** Not as it was asked for: the message says why. */
export class ApiKeyMisuse extends Error {}

const usage = 'api-key takes make --id ID [--name NAME] [--scopes SCOPE,...] [--expires DAY] [--json]';

/**
 * Makes a key for a program, and the entry by which the configuration knows it. Nothing is kept: the key is in this text alone.
 *
 * @param args - After `api-key`.
 * @throws {ApiKeyMisuse} Not asked for rightly.
 */
export function runApiKey(args: readonly string[]): string {
  const { id, name, scopes = 'search', expires, json } = parse(args);
  if (id === undefined) throw new ApiKeyMisuse(usage);
  const { key, sha256 } = makeApiKey(id);
  const { data, error } = apiKeyEntry.safeParse({
    id,
    ...(name === undefined ? {} : { name }),
    sha256,
    scopes: scopes.split(',').map((scope) => scope.trim()),
    ...(expires === undefined ? {} : { expires }),
  });
  if (data === undefined) {
    const [{ path = [], message = '' } = {}] = error.issues;
    throw new ApiKeyMisuse(`--${String(path[0])}: ${message}`);
  }
  if (json) return JSON.stringify({ key, entry: data }, null, 2);
  return [
    'The key, for whoever is to use it. It is shown this once:',
    '',
    `  ${key}`,
    '',
    'What the server is to know of it, in the file that --config names:',
    '',
    'access:',
    '  apiKeys:',
    `    - id: ${data.id}`,
    ...(data.name === undefined ? [] : [`      name: ${JSON.stringify(data.name)}`]),
    `      sha256: ${data.sha256}`,
    `      scopes: [${data.scopes.join(', ')}]`,
    ...(data.expires === undefined ? [] : [`      expires: ${data.expires}`]),
  ].join('\n');
}

function parse(args: readonly string[]) {
  if (args[0] !== 'make') throw new ApiKeyMisuse(usage);
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: args.slice(1),
      options: { id: text, name: text, scopes: text, expires: text, json: { type: 'boolean' } },
    }).values;
  } catch {
    throw new ApiKeyMisuse(usage);
  }
}
