import type { Problem } from './problem.ts';
import { readSmallFile } from './small-file.ts';

/** PEM certificates of authorities, as a setting of what is asked over TLS. */
export function readCertificates(
  file: string | undefined,
  where: string,
  problems: Problem[],
): { readonly tlsCa?: string } {
  if (file === undefined) return {};
  const { contents, problem = 'holds no PEM certificate' } = readSmallFile(file);
  if (contents?.includes('-----BEGIN CERTIFICATE-----')) return { tlsCa: contents };
  problems.push({ where, message: problem });
  return {};
}
