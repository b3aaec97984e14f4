import { describe, expect, test } from 'vitest';
import type { AuditEvent, AuditKind } from '../../src/audit/audit-event.ts';
import { toFhir } from '../../src/audit/fhir.ts';
import { expectAuditEvent, expectBalp, type FhirAuditEvent, shorten } from '../support/audit.ts';

const source = { site: 'radiology', publicUrl: 'https://images.example' };
const caller = {
  subject: 'alice',
  subjectHash: 'ab'.repeat(16),
  address: '192.0.2.7',
  requestId: 'r-1',
  traceId: 'cd'.repeat(16),
};
const object = { origin: 'main', study: '1.2.840.1', series: '1.2.840.1.2', instance: null };
const at = Date.UTC(2026, 10, 22, 12);

const make = (event: AuditEvent): FhirAuditEvent =>
  toFhir(event, 'b5c8e0de-8d53-4a1c-9c1a-2f3f5f0f8f8e', at, source) as FhirAuditEvent;

const parts: Readonly<Record<AuditKind, Partial<AuditEvent>>> = {
  search: { query: 'searchStudies(first)', told: [object, { origin: 'main', study: '1.2.840.2' }] },
  mint: { object },
  redeem: { object },
  redeemed: { object, period: [at, at + 60_000] },
  store: { object: { origin: 'main', study: null } },
  stored: { object },
  refuse: {},
  revoke: { object: { origin: 'main', study: null } },
  start: { caller: null },
  stop: { caller: null },
  gap: { caller: null, details: { lostEvents: 2 } },
};
const kinds = Object.keys(parts) as AuditKind[];
const profiles: Partial<Record<AuditKind, string>> = {
  search: 'Query',
  redeem: 'Read',
  redeemed: 'Read',
  stored: 'Create',
};

describe.each(kinds)('an event of the kind %s', (kind) => {
  test('is an AuditEvent of FHIR R4 and keeps to the BALP profile that it claims, where it succeeded', () => {
    const event = make({ kind, caller, code: null, details: { links: 3 }, ...parts[kind] });
    expectAuditEvent(event);
    expect(expectBalp(event)).toBe(profiles[kind] ?? null);
    expect(event.outcome).toBe('0');
  });

  test.each([
    ['FORBIDDEN', '4'],
    ['ORIGIN_ERROR', '8'],
  ] as const)(
    'where it failed with %s it is an AuditEvent of FHIR R4 with the outcome %s and no profile',
    (code, outcome) => {
      const event = make({ kind, caller, code, ...parts[kind] });
      expectAuditEvent(event);
      expect(event).toMatchObject({ outcome, outcomeDesc: code });
      expect(event.meta).toBeUndefined();
    },
  );

  test('is one of FHIR R4 where nothing of its caller is known', () => {
    const nobody = { subject: null, subjectHash: null, address: null, requestId: null, traceId: null };
    const event = make({ kind, code: null, ...parts[kind], caller: parts[kind].caller === null ? null : nobody });
    expectAuditEvent(event);
    expectBalp(event);
  });
});

test('an event says who, from where, in which request, to which study and with what', () => {
  const event = make({
    kind: 'redeem',
    caller,
    code: null,
    object,
    details: { representation: 'FRAMES', link: undefined },
  });
  expect(shorten(event)).toEqual({
    kind: 'redeem',
    code: null,
    subject: 'alice',
    subjectHash: caller.subjectHash,
    address: '192.0.2.7',
    studies: ['1.2.840.1'],
    query: null,
    requestId: 'r-1',
    details: { traceId: caller.traceId, origin: 'main', representation: 'FRAMES', series: '1.2.840.1.2' },
  });
  expect(event.recorded).toBe('2026-11-22T12:00:00.000Z');
});

test('where only the hash of a subject is known, the event says that it is one', () => {
  const event = make({ kind: 'redeem', caller: { ...caller, subject: null }, code: null, object });
  const user = event.agent.find(({ altId }) => altId === caller.subjectHash);
  expect(user?.who?.identifier).toEqual({ system: 'urn:x-dicomweb-graphql:subject-hash', value: caller.subjectHash });
});
