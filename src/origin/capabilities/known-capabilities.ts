import {
  type Capabilities,
  type CapabilityEvidence,
  type ConfiguredCapabilities,
  genericCapabilities,
} from './capabilities.ts';

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
  'includeField',
  'fuzzyMatching',
  'ordering',
  'searchLimit',
  'rawQueryValues',
  'thumbnails',
] as const satisfies readonly (keyof Capabilities)[];

/**
 * What is known of an origin: PS3.18 first, over it what was seen, over that what is configured.
 *
 * `current` is replaced, never changed: who holds it keeps one consistent picture.
 */
export class KnownCapabilities {
  #current: Capabilities;
  readonly #configured: ConfiguredCapabilities;

  constructor(configured: ConfiguredCapabilities, now: Date) {
    this.#configured = configured;
    const evidence = switches.map(
      (capability): CapabilityEvidence => ({
        capability,
        supported: configured[capability] ?? genericCapabilities[capability],
        how: configured[capability] === undefined ? 'documented' : 'configured',
        asOf: now,
      }),
    );
    this.#current = { ...genericCapabilities, ...configured, evidence };
  }

  get current(): Capabilities {
    return this.#current;
  }

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
