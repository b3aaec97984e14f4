import { resolve } from 'node:path';
import type { z } from 'zod';
import type { CheckedValues, Winner } from './check-values.ts';
import { chooseOne } from './choose-one.ts';
import { credentialSettings } from './credential-settings.ts';
import { basicCredentials, bearerToken, secretText } from './grammars.ts';
import type { Problem } from './problem.ts';
import { readSmallFile } from './small-file.ts';

/** How an origin knows us. Never logged. */
export type OriginCredentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }
  | {
      readonly kind: 'oauth';
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: string;
      readonly clientAuthentication: 'client_secret_basic' | 'client_secret_post';
      readonly scope?: string;
      readonly audience?: string;
    }
  | {
      readonly kind: 'aws';
      readonly region: string;
      readonly service: string;
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken?: string;
    }
  | { readonly kind: 'forward' };

/** Every credential setting by name: `basic`, `oauth.tokenUrl`. */
export const credentialNames: readonly string[] = Object.entries(credentialSettings).flatMap(([name, entry]) =>
  'schema' in entry ? [name] : Object.keys(entry).map((key) => `${name}.${key}`),
);

/** What excludes each other: a setting, or a section of them. */
const kinds = ['basic', 'basicFile', 'bearer', 'bearerFile', 'forwardToken', 'oauth', 'aws'] as const;

/** Where credentials were written; `faulty` have a problem already. */
export type WrittenCredentials = Pick<CheckedValues, 'sources' | 'faulty'>;

/** The credentials that the strongest source names, whole; a section may be written in several sources. */
export function resolveCredentials(written: WrittenCredentials, problems: Problem[]): OriginCredentials {
  const chosen = chooseOne(kinds, { sources: byKind(written.sources) }, problems);
  switch (chosen?.name) {
    case undefined:
      return { kind: 'none' };
    case 'forwardToken':
      return { kind: 'forward' };
    case 'oauth':
      return resolveOAuth(chosen, written, problems);
    case 'aws':
      return resolveAws(chosen, written, problems);
    case 'basic':
    case 'basicFile': {
      const text = readSecret(chosen, basicCredentials, problems);
      if (text === null) return { kind: 'none' };
      const colon = text.indexOf(':');
      return { kind: 'basic', user: text.slice(0, colon), password: text.slice(colon + 1) };
    }
    case 'bearer':
    case 'bearerFile': {
      const token = readSecret(chosen, bearerToken, problems);
      return token === null ? { kind: 'none' } : { kind: 'bearer', token };
    }
  }
}

/** A section is as strong as the strongest of its settings. */
function byKind(sources: CheckedValues['sources']): CheckedValues['sources'] {
  const found = new Map<string, Winner>();
  for (const name of credentialNames) {
    const winner = sources.get(name);
    const [kind = name] = name.split('.', 1);
    if (winner === undefined || winner.value === false) continue;
    if (winner.rank > (found.get(kind)?.rank ?? -1)) found.set(kind, winner);
  }
  return found;
}

function resolveOAuth(section: Winner, written: WrittenCredentials, problems: Problem[]): OriginCredentials {
  const tokenUrl = required('oauth.tokenUrl', section, written, problems);
  const clientId = required('oauth.clientId', section, written, problems);
  const clientSecret = requiredSecret('oauth.clientSecret', section, written, problems);
  const method = textOf('oauth.clientAuthentication', written);
  const scope = textOf('oauth.scope', written);
  const audience = textOf('oauth.audience', written);
  if (tokenUrl === null || clientId === null || clientSecret === null) return { kind: 'none' };
  return {
    kind: 'oauth',
    tokenUrl,
    clientId,
    clientSecret,
    clientAuthentication: method === 'client_secret_post' ? method : 'client_secret_basic',
    ...(scope === null ? {} : { scope }),
    ...(audience === null ? {} : { audience }),
  };
}

function resolveAws(section: Winner, written: WrittenCredentials, problems: Problem[]): OriginCredentials {
  const region = required('aws.region', section, written, problems);
  const accessKeyId = required('aws.accessKeyId', section, written, problems);
  const secretAccessKey = requiredSecret('aws.secretAccessKey', section, written, problems);
  const sessionToken = secretOf('aws.sessionToken', written, problems);
  if (region === null || accessKeyId === null || secretAccessKey === null) return { kind: 'none' };
  return {
    kind: 'aws',
    region,
    service: textOf('aws.service', written) ?? credentialSettings.aws.service.defaults.serve,
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === null ? {} : { sessionToken }),
  };
}

function textOf(name: string, { sources }: WrittenCredentials): string | null {
  const value = sources.get(name)?.value;
  return typeof value === 'string' ? value : null;
}

function required(
  name: string,
  section: Winner,
  written: WrittenCredentials,
  problems: Problem[],
  value: string | null = textOf(name, written),
): string | null {
  const isJudged = [name, `${name}File`].some((part) => written.faulty.has(part) || written.sources.has(part));
  if (value === null && !isJudged) problems.push({ where: section.where, message: `needs ${name} too` });
  return value;
}

const requiredSecret = (name: string, section: Winner, written: WrittenCredentials, problems: Problem[]) =>
  required(name, section, written, problems, secretOf(name, written, problems));

/** From a setting or from the one with `File` behind its name. */
function secretOf(name: string, written: WrittenCredentials, problems: Problem[]): string | null {
  const chosen = chooseOne([name, `${name}File`], written, problems);
  return chosen === null ? null : readSecret(chosen, secretText, problems);
}

/** What a setting says itself, or the file that it names, of which white space at the end is dropped. */
function readSecret(
  { name, value, where, folder }: Winner & { readonly name: string },
  schema: z.ZodType<string>,
  problems: Problem[],
): string | null {
  const written = String(value);
  const { contents, problem } = name.endsWith('File') ? readSmallFile(resolve(folder, written)) : { contents: written };
  if (contents === null) {
    problems.push({ where, message: problem });
    return null;
  }
  const text = contents.trimEnd();
  const { error } = schema.safeParse(text);
  for (const issue of error?.issues ?? []) {
    problems.push({ where, message: `the file ${issue.message}`.replace('file must be', 'file must hold') });
  }
  return error === undefined ? text : null;
}
