import type { Origin } from '../origin.ts';
import type { Capabilities } from './capabilities.ts';

/** What is known of an origin, as the command `probe` prints it as JSON. No URL and no credentials in it. */
export interface CapabilityReport {
  readonly origin: string;
  /** Whether it answered. */
  readonly answers: boolean;
  readonly capabilities: Omit<Capabilities, 'evidence'>;
  readonly evidence: readonly {
    readonly capability: string;
    readonly supported: boolean;
    readonly how: string;
    /** RFC 3339. */
    readonly asOf: string;
  }[];
}

export function reportCapabilities({ id, healthy, capabilities }: Origin): CapabilityReport {
  const { evidence, ...values } = capabilities;
  return {
    origin: id,
    answers: healthy === true,
    capabilities: values,
    evidence: evidence.map(({ asOf, ...item }) => ({ ...item, asOf: asOf.toISOString() })),
  };
}

/** The report as a table for people: what, whether, how that is known, and of which day. */
export function capabilityTable({ origin, answers, capabilities, evidence }: CapabilityReport): string {
  const rows = evidence.map(({ capability, supported, how, asOf }) => [
    capability,
    supported ? 'yes' : 'no',
    how,
    asOf.slice(0, 10),
  ]);
  const told = new Set(evidence.map(({ capability }) => capability));
  const values = Object.entries(capabilities)
    .filter(([name, value]) => typeof value !== 'boolean' || !told.has(name))
    .map(([name, value]) => [name, describe(value)]);
  const heading = answers ? origin : `${origin} did not answer: this is what is documented or configured`;
  return [heading, '', ...aligned(rows), '', ...aligned(values)].join('\n');
}

function describe(value: unknown): string {
  if (value === null) return 'not known';
  if (Array.isArray(value)) return value.join(', ') || 'none';
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([name, keys]) => `${name}: ${keys === null ? 'any' : describe(keys)}`)
    .join('; ');
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows.reduce<number[]>(
    (known, row) => row.map((cell, index) => Math.max(cell.length, known[index] ?? 0)),
    [],
  );
  return rows.map((row) => `  ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd());
}
