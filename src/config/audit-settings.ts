import { hostname } from 'node:os';
import { join } from 'node:path';
import type { CheckedValues } from './check-values.ts';
import { baseUrl, bearerToken, visibleText } from './grammars.ts';
import type { Problem } from './problem.ts';
import { onOff, path, text, wholeNumber } from './setting.ts';
import { readSmallFile } from './small-file.ts';

/** The audit trail, and where it goes. */
export const auditSettings = {
  enabled: onOff({
    group: 'Audit',
    help: 'Keep an audit trail of searches, links, what is opened by them, and uploads (FHIR AuditEvents).',
    default: { demo: false, serve: true },
  }),
  failClosed: onOff({
    group: 'Audit',
    help: 'Answer 503 while the trail cannot be written, instead of answering what nobody will ever know of.',
    default: true,
  }),
  folder: path({
    group: 'Audit',
    placeholder: 'DIR',
    help: 'Where the files of the trail are (default: audit in the state folder).',
    default: undefined,
  }),
  site: text({
    group: 'Audit',
    placeholder: 'NAME',
    schema: visibleText,
    help: 'What each event says it comes from (default: the name of this machine).',
    default: undefined,
    rare: true,
  }),
  windowSeconds: wholeNumber({
    group: 'Audit',
    min: 0,
    max: 600,
    help: 'How long requests to one link from one address count as one event, in seconds; 0: each is an event.',
    default: 60,
    rare: true,
  }),
  maxFileBytes: wholeNumber({
    group: 'Audit',
    min: 2 ** 16,
    max: 2 ** 32,
    help: 'Largest file of the trail, in bytes; another follows.',
    default: 2 ** 26,
    rare: true,
  }),
  maxFileAgeSeconds: wholeNumber({
    group: 'Audit',
    min: 60,
    max: 31_536_000,
    help: 'How long one file of the trail is written to, in seconds.',
    default: 86_400,
    rare: true,
  }),
  maxFiles: wholeNumber({
    group: 'Audit',
    min: 2,
    max: 100_000,
    help: 'Most files of the trail; the oldest go, but none that a repository has still to take.',
    default: 1_000,
    rare: true,
  }),
  commitMs: wholeNumber({
    group: 'Audit',
    placeholder: 'MS',
    min: 100,
    max: 60_000,
    help: 'How long an answer waits for its event to be on disk. In milliseconds.',
    default: 5_000,
    rare: true,
  }),
  repository: text({
    group: 'Audit',
    placeholder: 'URL',
    schema: baseUrl,
    help: 'A FHIR server that the events are brought to as well: its base URL (IHE ITI-20).',
    default: undefined,
  }),
  repositoryTokenFile: path({
    group: 'Audit',
    placeholder: 'FILE',
    help: 'A file with the bearer token for it.',
    default: undefined,
    rare: true,
  }),
  repositoryCaFile: path({
    group: 'Audit',
    placeholder: 'FILE',
    help: 'PEM certificates of the authorities that it may be signed by, instead of the well-known ones.',
    default: undefined,
    rare: true,
  }),
  repositoryCertFile: path({
    group: 'Audit',
    placeholder: 'FILE',
    help: 'PEM certificate that it knows us by (mutual TLS).',
    default: undefined,
    rare: true,
  }),
  repositoryKeyFile: path({
    group: 'Audit',
    placeholder: 'FILE',
    help: 'PEM private key of that certificate.',
    default: undefined,
    rare: true,
  }),
  repositoryBatch: wholeNumber({
    group: 'Audit',
    min: 1,
    max: 500,
    help: 'Most events in one request to it; 1: each by itself.',
    default: 50,
    rare: true,
  }),
} as const;

/** How the trail is kept; null: it is not. */
export interface AuditConfig {
  readonly folder: string;
  readonly failClosed: boolean;
  readonly site: string;
  readonly windowSeconds: number;
  readonly maxFileBytes: number;
  readonly maxFileAgeSeconds: number;
  readonly maxFiles: number;
  readonly commitMs: number;
  readonly repository: AuditRepositoryConfig | null;
}

export interface AuditRepositoryConfig {
  readonly url: string;
  readonly token: string | null;
  /** PEM. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly batch: number;
}

export function resolveAudit(
  { values: { audit }, sources }: CheckedValues,
  stateFolder: string,
  problems: Problem[],
): AuditConfig | null {
  const read = (name: 'TokenFile' | 'CaFile' | 'CertFile' | 'KeyFile'): string | undefined => {
    const file = audit[`repository${name}`];
    if (file === undefined) return undefined;
    const where = sources.get(`audit.repository${name}`)?.where ?? `audit.repository${name}`;
    if (audit.repository === undefined) problems.push({ where, message: 'needs audit.repository' });
    const { contents, problem } = readSmallFile(file);
    if (contents !== null) return contents;
    problems.push({ where, message: problem });
    return undefined;
  };
  const token = read('TokenFile')?.trim() ?? null;
  const tls = { ca: read('CaFile'), cert: read('CertFile'), key: read('KeyFile') };
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    problems.push({ where: 'audit', message: 'repositoryCertFile and repositoryKeyFile go together' });
  }
  if (token !== null && !bearerToken.safeParse(token).success) {
    problems.push({ where: 'audit.repositoryTokenFile', message: 'holds no bearer token' });
  }
  if (!audit.enabled) return null;
  const { folder = join(stateFolder, 'audit'), site = hostname(), failClosed, windowSeconds, commitMs } = audit;
  const { maxFileBytes, maxFileAgeSeconds, maxFiles, repository: url, repositoryBatch: batch } = audit;
  return {
    folder,
    failClosed,
    site,
    windowSeconds,
    maxFileBytes,
    maxFileAgeSeconds,
    maxFiles,
    commitMs,
    repository: url === undefined ? null : { url, token, ...tls, batch },
  };
}
