import {
  type Capabilities,
  type CapabilityEvidence,
  type ConfiguredCapabilities,
  genericAsOf,
  genericCapabilities,
} from './capabilities.ts';
import type { Profile } from './profiles/profile.ts';

/** Something seen on an origin: evidence, and the fields of the capabilities that follow from it. */
export interface CapabilityFinding {
  readonly capability: string;
  readonly supported: boolean;
  readonly set?: ConfiguredCapabilities;
}

const switches = [
  'uidListMatching',
  'rootSeriesSearch',
  'rootInstanceSearch',
  'studyInstanceSearch',
  'includeField',
  'relatedCounts',
  'studyCount',
  'wildcardMatching',
  'rangeMatching',
  'caseInsensitiveMatching',
  'fuzzyMatching',
  'ordering',
  'searchLimit',
  'searchOffset',
  'rawQueryValues',
  'studyMetadata',
  'seriesMetadata',
  'instanceMetadata',
  'thumbnails',
] as const satisfies readonly (keyof Capabilities)[];

/**
 * What is known of an origin: PS3.18 first, over it what its makers say, over that what was seen, and over all what is
 * configured.
 *
 * `current` is replaced, never changed: who holds it keeps one consistent picture.
 */
export class KnownCapabilities {
  #current: Capabilities;
  readonly #configured: ConfiguredCapabilities;

  constructor(configured: ConfiguredCapabilities, profile: Profile, now: Date) {
    this.#configured = configured;
    const { capabilities, asOf } = profile;
    const known = { ...genericCapabilities, ...capabilities, ...configured };
    // Not looked for until somebody wants to store: until then there may be nothing to tell.
    const isStoringTold = (configured.storing ?? capabilities.storing) !== undefined;
    const evidence = (isStoringTold ? [...switches, 'storing' as const] : switches).map(
      (capability): CapabilityEvidence => ({
        capability,
        supported: known[capability],
        ...(configured[capability] !== undefined
          ? { how: 'configured', asOf: now }
          : { how: 'documented', asOf: capabilities[capability] === undefined ? genericAsOf : asOf }),
      }),
    );
    this.#current = { ...known, evidence };
  }

  get current(): Capabilities {
    return this.#current;
  }

  /** Takes over what was seen, but for what is configured. */
  learn(findings: readonly CapabilityFinding[], now: Date): void {
    const seen = findings.filter(({ capability }) => !Object.hasOwn(this.#configured, capability));
    if (seen.length === 0) return;
    const evidence = new Map(this.#current.evidence.map((item) => [item.capability, item]));
    let next: Capabilities = this.#current;
    for (const { capability, supported, set } of seen) {
      evidence.set(capability, { capability, supported, how: 'probed', asOf: now });
      next = { ...next, ...set };
    }
    this.#current = { ...next, ...this.#configured, evidence: [...evidence.values()] };
  }
}
