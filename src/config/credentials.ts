import { resolve } from 'node:path';
import type { z } from 'zod';
import { basicCredentials, bearerToken } from './grammars.ts';
import type { Problem } from './problem.ts';
import { readSmallFile } from './small-file.ts';

/** How an origin knows us. Never logged. */
export type OriginCredentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string };

export const credentialNames = ['basic', 'basicFile', 'bearer', 'bearerFile'] as const;
export type CredentialName = (typeof credentialNames)[number];

/**
 * Credentials from a setting: what it says itself, or the file that it names, of which white space at the end is dropped.
 *
 * @param where - Where the setting was written.
 * @param folder - What a relative path is relative to.
 */
export function readCredentials(
  name: CredentialName,
  value: string,
  { where, folder }: { readonly where: string; readonly folder: string },
  problems: Problem[],
): OriginCredentials {
  const isFile = name.endsWith('File');
  const { contents, problem } = isFile ? readSmallFile(resolve(folder, value)) : { contents: value };
  if (contents === null) {
    problems.push({ where, message: problem });
    return { kind: 'none' };
  }
  const text = contents.trimEnd();
  const check = (schema: z.ZodType<string>): boolean => {
    const { error } = schema.safeParse(text);
    for (const issue of error?.issues ?? [])
      problems.push({ where, message: `the file ${issue.message}`.replace('file must be', 'file must hold') });
    return error === undefined;
  };
  if (name.startsWith('basic')) {
    if (!check(basicCredentials)) return { kind: 'none' };
    const colon = text.indexOf(':');
    return { kind: 'basic', user: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  return check(bearerToken) ? { kind: 'bearer', token: text } : { kind: 'none' };
}
