import {
  type Capabilities,
  type CapabilityEvidence,
  type ConfiguredCapabilities,
  genericAsOf,
  genericCapabilities,
} from './capabilities.ts';
import type { Profile } from './profiles/profile.ts';
import { withRenderedForms } from './rendering.ts';

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
  'rendering',
  'thumbnails',
] as const satisfies readonly (keyof Capabilities)[];

/** Lists that are told of where they are known: supported is that there is anything on them. */
const conversions = ['nativeSyntaxes', 'frameSyntaxes'] as const satisfies readonly (keyof Capabilities)[];

/**
 * What is known of an origin: PS3.18 first, over it what its makers say, over that what was seen, and over all what is
 * configured.
 *
 * `current` is replaced, never changed: who holds it keeps one consistent picture.
 */
export class KnownCapabilities {
  /** Of the origin alone. */
  #own: Capabilities;
  #current: Capabilities;
  readonly #configured: ConfiguredCapabilities;

  constructor(given: ConfiguredCapabilities, profile: Profile, now: Date) {
    const configured = withRenderingTold(given);
    this.#configured = configured;
    const { capabilities, asOf } = profile;
    const known = { ...genericCapabilities, ...capabilities, ...configured };
    // Not looked for until somebody wants to store: until then there may be nothing to tell.
    const isStoringTold = (configured.storing ?? capabilities.storing) !== undefined;
    const tell = (capability: keyof ConfiguredCapabilities, supported: boolean): CapabilityEvidence => ({
      capability,
      supported,
      ...(configured[capability] !== undefined
        ? { how: 'configured', asOf: now }
        : { how: 'documented', asOf: capabilities[capability] === undefined ? genericAsOf : asOf }),
    });
    const evidence = [
      ...(isStoringTold ? [...switches, 'storing' as const] : switches).map((name) => tell(name, known[name])),
      ...conversions.flatMap((name) => (known[name] === null ? [] : [tell(name, known[name].length > 0)])),
    ];
    this.#own = { ...known, evidence };
    this.#current = withRenderedForms(this.#own);
  }

  get current(): Capabilities {
    return this.#current;
  }

  /** Takes over what was seen, but for what is configured. */
  learn(findings: readonly CapabilityFinding[], now: Date): void {
    const seen = findings.filter(({ capability }) => !Object.hasOwn(this.#configured, capability));
    if (seen.length === 0) return;
    const evidence = new Map(this.#own.evidence.map((item) => [item.capability, item]));
    let next: Capabilities = this.#own;
    for (const { capability, supported, set } of seen) {
      evidence.set(capability, { capability, supported, how: 'probed', asOf: now });
      next = { ...next, ...set };
    }
    this.#own = { ...next, ...this.#configured, evidence: [...evidence.values()] };
    this.#current = withRenderedForms(this.#own);
  }
}

/** Who lists the forms of an origin by hand and leaves RENDERED out says that it does not render. */
function withRenderingTold(configured: ConfiguredCapabilities): ConfiguredCapabilities {
  const { rendering, representations } = configured;
  if (rendering !== undefined || representations === undefined) return configured;
  return { ...configured, rendering: representations.includes('RENDERED') };
}
