import { type Setting, wholeNumber } from './setting.ts';

/** How requests to origins are bounded: for all of them here, for one of them in its entry of `origins`. */
export const originRequestSettings = {
  connectTimeoutMs: time(100, 120_000, 5_000, 'How long a connection to an origin may take.'),
  headersTimeoutMs: time(100, 600_000, 30_000, 'How long an origin may take to begin its answer.'),
  bodyIdleTimeoutMs: time(100, 600_000, 30_000, 'How long an answer of an origin may pause.'),
  readerIdleTimeoutMs: time(
    1_000,
    600_000,
    60_000,
    'How long a client may take nothing of a payload before it is given up.',
  ),
  maxConcurrentRequests: bound('N', 1, 1_000, 16, 'Most requests to one origin at one time; more wait.'),
  maxQueuedRequests: bound('N', 0, 100_000, 1_000, 'Most requests to one origin that wait; more are refused.'),
  maxMetadataBytes: bound(
    'BYTES',
    10_000,
    1_000_000_000,
    256_000_000,
    'Largest DICOM JSON answer that is read, in bytes.',
  ),
  maxRetryAfterMs: time(0, 60_000, 5_000, 'Longest wait that an origin may ask for (Retry-After) before a retry.'),
  retries: bound('N', 0, 10, 2, 'How often a failed request of which nothing was delivered is repeated.'),
  circuitFailures: bound(
    'N',
    0,
    1_000,
    5,
    'How many requests have to fail in a row for an origin to be left alone for a while; 0: it never is.',
  ),
  circuitWindowMs: time(100, 3_600_000, 60_000, 'Within what time they have to fail.'),
  circuitPauseMs: time(100, 600_000, 2_000, 'How long the origin is left alone before one request is tried.'),
};

/** Names and types of {@link originRequestSettings}. */
export type OriginRequestBounds = { readonly [Name in keyof typeof originRequestSettings]: number };

function time(min: number, max: number, value: number, help: string): Setting<number> {
  return bound('MS', min, max, value, `${help} In milliseconds.`);
}

function bound(placeholder: string, min: number, max: number, value: number, help: string): Setting<number> {
  return wholeNumber({ group: 'Archive', placeholder, min, max, help, default: value, rare: true });
}
