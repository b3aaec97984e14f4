import type { Origin, RequestOptions } from '../origin.ts';
import type { Capabilities } from './capabilities.ts';
import type { CapabilityFinding } from './known-capabilities.ts';
import { probeOffset, probeRange, probeText } from './probe-matching.ts';
import { probeCounts, probeMetadata } from './probe-metadata.ts';
import { probeOrdering } from './probe-ordering.ts';
import {
  findStudies,
  type Probe,
  probeIncludeField,
  probeInstanceSearch,
  probeMatching,
  probeQueryDecoding,
  probeSeriesSearch,
  probeStudyInstances,
} from './probe-steps.ts';

/** A probe is short, so that nobody waits long for it. */
const requestMs = 3_000;
const wholeMs = 10_000;

export interface ProbeOptions {
  /** An origin that was down, or empty, is probed again after this, until it shows what it can do. Default 30,000. */
  readonly againAfterMs?: number;
}

interface ProbeState {
  readonly running: Promise<void> | null;
  readonly again: NodeJS.Timeout | null;
}

const states = new WeakMap<Origin, ProbeState>();

/** What the origin can do, probed when first asked: whoever asks later waits for nothing. Never fails. */
export async function ensureCapabilities(origin: Origin, options: ProbeOptions = {}): Promise<Capabilities> {
  const state = states.get(origin);
  if (state === undefined) return probeCapabilities(origin, options);
  await state.running;
  return origin.capabilities;
}

/**
 * Finds out what the origin can do, by at most 24 small requests: which search resources it has, whether it matches lists
 * of UIDs, wildcards and ranges, regards case, decodes query values, obeys limit, offset and includefield, counts, orders by
 * date, and gives all metadata. What is configured is not probed.
 *
 * Harmless: reads a handful of rows, writes nothing, asks for no names, keeps only UIDs, and those no longer than it runs.
 * One probe at a time: who calls meanwhile waits for the same one. Never fails: what could not be seen keeps its careful
 * default, and is looked for again later; `origin.healthy` tells of an origin that is down.
 */
export async function probeCapabilities(origin: Origin, options: ProbeOptions = {}): Promise<Capabilities> {
  await (states.get(origin)?.running ?? begin(origin, options));
  return origin.capabilities;
}

/**
 * Has the origin probed again after a while: an answer has contradicted what was known of it. It may have been an outage
 * that looked like an inability; then the next probe gives back what was unlearnt.
 */
export function probeAgainLater(origin: Origin, afterMs = 60_000): void {
  const state = states.get(origin) ?? { running: null, again: null };
  if (state.running !== null || state.again !== null || origin.closed) return;
  const again = setTimeout(() => {
    if (!origin.closed) void probeCapabilities(origin);
  }, afterMs).unref();
  states.set(origin, { running: null, again });
}

function begin(origin: Origin, options: ProbeOptions): Promise<void> {
  clearTimeout(states.get(origin)?.again ?? undefined);
  const running = run(origin).then((isComplete) => {
    const again = isComplete || origin.closed ? null : setTimeout(next, options.againAfterMs ?? 30_000).unref();
    states.set(origin, { running: null, again });
  });
  const next = (): void => {
    if (!origin.closed) void probeCapabilities(origin, options);
  };
  states.set(origin, { running, again: null });
  return running;
}

/** @returns Whether every step was answered, by an archive that has something in it. */
async function run(origin: Origin): Promise<boolean> {
  const options: RequestOptions = { signal: AbortSignal.timeout(wholeMs), deadlineMs: requestMs, pastCircuit: true };
  let failed = false;
  const step = async <T>(capabilities: readonly string[], ask: () => Promise<T>, otherwise: T): Promise<T> => {
    const configured = origin.config.capabilities ?? {};
    if (capabilities.length > 0 && capabilities.every((name) => Object.hasOwn(configured, name))) return otherwise;
    try {
      return await ask();
    } catch {
      failed = true; // the origin's health tells of it
      return otherwise;
    }
  };
  const none: readonly CapabilityFinding[] = [];
  const nothing = { studies: [], dates: new Map(), findings: none };
  const { studies, dates, findings } = await step([], () => findStudies(origin, options), nothing);
  origin.learn(findings);
  if (failed) return false;
  const probe: Probe = { origin, options, studies, dates };
  origin.learn(await step([], () => probeMatching(probe), none));
  if (studies.length === 0) return false;
  origin.learn(await step(['rawQueryValues'], () => probeQueryDecoding(probe), none));
  const below = await step([], () => probeSeriesSearch(probe), { series: [], findings: none });
  origin.learn(below.findings);
  const series = origin.capabilities.uidListMatching ? below.series : below.series.slice(0, 1);
  let ofInstances = none;
  if (series.length > 0) {
    ofInstances = await step(['rootInstanceSearch', 'includeField'], () => probeInstanceSearch(probe, series), none);
    origin.learn(ofInstances);
  }
  if (!ofInstances.some(({ capability }) => capability === 'includeField')) {
    origin.learn(await step(['includeField'], () => probeIncludeField(probe), none));
  }
  const others = await Promise.all([
    step(['studyInstanceSearch'], () => probeStudyInstances(probe), none),
    step(['searchOffset'], () => probeOffset(probe), none),
    step(['rangeMatching'], () => probeRange(probe), none),
    step(['wildcardMatching', 'caseInsensitiveMatching'], () => probeText(probe), none),
    step(['relatedCounts'], () => probeCounts(probe), none),
    step(['studyMetadata', 'seriesMetadata', 'instanceMetadata'], () => probeMetadata(probe), none),
    step(['ordering'], () => probeOrdering(probe), none),
  ]);
  origin.learn(others.flat());
  return !failed;
}
