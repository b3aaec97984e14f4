import { createHash } from 'node:crypto';
import { type Agent, request as send } from 'node:http';
import { errorCodes } from '../../src/errors.ts';

/** What came of one request; `whole` tells that its body had its last byte. */
export interface Outcome {
  readonly status: number | null;
  readonly whole: boolean;
  /** Of errors that were told: in GraphQL, or in a problem document. Unknown ones and INTERNAL are in `faults`. */
  readonly codes: readonly string[];
  /** What must not be: an answer that is not HTTP as promised, an error without a code, INTERNAL. */
  readonly faults: readonly string[];
  readonly body: Buffer;
  readonly ms: number;
}

export interface Job {
  readonly name: string;
  readonly url: string;
  /** Makes it a POST to /graphql. */
  readonly query?: string;
}

const known: ReadonlySet<string> = new Set(Object.keys(errorCodes).filter((code) => code !== 'INTERNAL'));

/** Sends it, and reads it to its end. Rejects never. */
export function ask(agent: Agent, job: Job): Promise<Outcome> {
  const begun = performance.now();
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const finish = (status: number | null, whole: boolean): void => {
      const body = Buffer.concat(chunks);
      resolve({ status, whole, body, ms: performance.now() - begun, ...judge(job, status, whole, body) });
    };
    const body = job.query === undefined ? undefined : JSON.stringify({ query: job.query });
    const headers = body === undefined ? {} : { 'content-type': 'application/json', accept: 'application/json' };
    const request = send(job.url, { agent, method: body === undefined ? 'GET' : 'POST', headers }, (response) => {
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('close', () => finish(response.statusCode ?? null, response.complete));
      response.on('error', () => {});
    });
    request.on('error', () => finish(null, false));
    request.end(body);
  });
}

function judge({ query }: Job, status: number | null, whole: boolean, body: Buffer): Pick<Outcome, 'codes' | 'faults'> {
  // The body of a link may break off: by a reset, which can take with it what the client had not read yet.
  if (!whole && query === undefined && (status === null || status === 200)) return { codes: [], faults: [] };
  if (!whole) return { codes: [], faults: [status === null ? 'no answer' : `half an answer ${status}`] };
  if (status === 200 && query === undefined) return { codes: [], faults: [] };
  let codes: string[];
  try {
    const told: { code?: string; errors?: { extensions?: { code?: string } }[] } = JSON.parse(body.toString());
    codes = query === undefined || told.code !== undefined ? [told.code ?? 'none'] : codesOf(told.errors ?? []);
  } catch {
    return { codes: [], faults: [`${status} without a code`] };
  }
  return { codes, faults: codes.filter((code) => !known.has(code)) };
}

const codesOf = (errors: readonly { readonly extensions?: { readonly code?: string } }[]): string[] =>
  errors.map(({ extensions }) => extensions?.code ?? 'none');

export const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The same numbers for the same seed, from 0 to 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const rank = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
};
