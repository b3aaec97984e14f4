import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';

interface Coding {
  readonly system?: string;
  readonly code?: string;
  readonly display?: string;
}

interface Detail {
  readonly type: string;
  readonly valueString: string;
}

/** What of FHIR R4 AuditEvent the trail uses. */
export interface FhirAuditEvent {
  readonly resourceType: 'AuditEvent';
  readonly id: string;
  readonly meta?: { readonly profile: readonly string[] };
  readonly type: Coding;
  readonly subtype: readonly Coding[];
  readonly action: string;
  readonly period?: { readonly start: string; readonly end: string };
  readonly recorded: string;
  readonly outcome: string;
  readonly outcomeDesc?: string;
  readonly agent: readonly {
    readonly type: { readonly coding: readonly Coding[] };
    readonly who?: {
      readonly identifier?: { readonly system?: string; readonly value?: string };
      readonly display?: string;
    };
    readonly altId?: string;
    readonly requestor: boolean;
    readonly network?: { readonly address: string; readonly type: string };
  }[];
  readonly source: object;
  readonly entity?: readonly {
    readonly what?: { readonly identifier: { readonly system?: string; readonly value: string } };
    readonly type: Coding;
    readonly role?: Coding;
    readonly description?: string;
    readonly query?: string;
    readonly detail?: readonly Detail[];
  }[];
}

/** The lines of the trail, of all its files in their order. A line that is torn is left out. */
export async function readTrail(folder: string): Promise<readonly FhirAuditEvent[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n').slice(0, -1)).map((line) => JSON.parse(line) as FhirAuditEvent);
}

/** What an event is, in short: what tests look at. */
export interface ShortEvent {
  readonly kind: string;
  readonly code: string | null;
  readonly subject: string | null;
  readonly subjectHash: string | null;
  readonly address: string | null;
  readonly studies: readonly string[];
  readonly query: string | null;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, string>>;
}

export function shorten(event: FhirAuditEvent): ShortEvent {
  const { entity = [], agent, subtype, outcomeDesc = null } = event;
  const user = agent.find(({ requestor, altId }) => requestor && altId !== undefined);
  const details = entity.flatMap(({ detail = [] }) => detail);
  return {
    kind: subtype.at(-1)?.code ?? '',
    code: outcomeDesc,
    subject: user?.who?.identifier?.system?.endsWith(':subject') ? (user.who.identifier.value ?? null) : null,
    subjectHash: user?.altId ?? null,
    address: agent.find(({ network }) => network?.type === '2')?.network?.address ?? null,
    studies: entity.flatMap(({ what }) =>
      what?.identifier.system === 'urn:dicom:uid' ? [what.identifier.value.replace('urn:oid:', '')] : [],
    ),
    query: entity.find(({ query }) => query !== undefined)?.description ?? null,
    requestId: entity.find(({ type }) => type.code === 'XrequestId')?.what?.identifier.value ?? null,
    details: Object.fromEntries(details.map(({ type, valueString }) => [type, valueString])),
  };
}

/** The events of a trail in short, without those of the program itself. */
export async function shortTrail(folder: string): Promise<readonly ShortEvent[]> {
  return (await readTrail(folder)).map(shorten).filter(({ kind }) => kind !== 'start' && kind !== 'stop');
}

const text = expect.stringMatching(/\S/);
const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

type Shape = { readonly [name: string]: { readonly min: 0 | 1; readonly list?: true; readonly of: unknown } };

const coding: Shape = { system: { min: 1, of: text }, code: { min: 1, of: text }, display: { min: 0, of: text } };
const identifier: Shape = { system: { min: 0, of: text }, value: { min: 1, of: text } };
const reference: Shape = {
  type: { min: 0, of: text },
  identifier: { min: 0, of: identifier },
  display: { min: 0, of: text },
};

/**
 * FHIR R4 AuditEvent, as far as the trail uses it: names, cardinalities and types of https://hl7.org/fhir/R4/auditevent.html.
 * What the standard has and this table has not may not occur.
 */
const auditEvent: Shape = {
  resourceType: { min: 1, of: 'AuditEvent' },
  id: { min: 1, of: expect.stringMatching(/^[A-Za-z0-9\-.]{1,64}$/) },
  meta: { min: 0, of: { profile: { min: 1, list: true, of: text } } satisfies Shape },
  type: { min: 1, of: coding },
  subtype: { min: 0, list: true, of: coding },
  action: { min: 0, of: expect.stringMatching(/^[CRUDE]$/) },
  period: { min: 0, of: { start: { min: 0, of: instant }, end: { min: 0, of: instant } } satisfies Shape },
  recorded: { min: 1, of: instant },
  outcome: { min: 0, of: expect.stringMatching(/^(0|4|8|12)$/) },
  outcomeDesc: { min: 0, of: text },
  agent: {
    min: 1,
    list: true,
    of: {
      type: { min: 0, of: { coding: { min: 1, list: true, of: coding } } satisfies Shape },
      who: { min: 0, of: reference },
      altId: { min: 0, of: text },
      requestor: { min: 1, of: expect.any(Boolean) },
      network: {
        min: 0,
        of: { address: { min: 0, of: text }, type: { min: 0, of: expect.stringMatching(/^[1-5]$/) } } satisfies Shape,
      },
    } satisfies Shape,
  },
  source: {
    min: 1,
    of: {
      site: { min: 0, of: text },
      observer: { min: 1, of: reference },
      type: { min: 0, list: true, of: coding },
    } satisfies Shape,
  },
  entity: {
    min: 0,
    list: true,
    of: {
      what: { min: 0, of: reference },
      type: { min: 0, of: coding },
      role: { min: 0, of: coding },
      name: { min: 0, of: text },
      description: { min: 0, of: text },
      query: { min: 0, of: expect.stringMatching(/^[A-Za-z0-9+/]+={0,2}$/) },
      detail: {
        min: 0,
        list: true,
        of: { type: { min: 1, of: text }, valueString: { min: 1, of: text } } satisfies Shape,
      },
    } satisfies Shape,
  },
};

/** Fails where a resource is not an AuditEvent of FHIR R4. */
export function expectAuditEvent(event: unknown): void {
  expectShape(event, auditEvent, 'AuditEvent');
  for (const entity of (event as FhirAuditEvent).entity ?? []) {
    expect('name' in entity && 'query' in entity, 'sev-1: either a name or a query').toBe(false);
  }
}

function expectShape(value: unknown, shape: Shape, where: string): void {
  expect(value, where).toEqual(expect.any(Object));
  const given = value as Readonly<Record<string, unknown>>;
  expect(
    Object.keys(given).filter((name) => !(name in shape)),
    `${where} has nothing else`,
  ).toEqual([]);
  for (const [name, { min, list, of }] of Object.entries(shape)) {
    const place = `${where}.${name}`;
    const one = given[name];
    if (one === undefined) {
      expect(min, `${place} is there`).toBe(0);
      continue;
    }
    const all = list ? (one as readonly unknown[]) : [one];
    expect(all.length, `${place} is not empty`).toBeGreaterThan(0);
    for (const each of all) {
      if (typeof of === 'object' && of !== null && !('asymmetricMatch' in of)) expectShape(each, of as Shape, place);
      else expect(each, place).toEqual(of);
    }
  }
}

const balp = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.';

/**
 * Fails where an event does not keep to the profile of IHE BALP that it claims: Query, Read or Create (the rules of their
 * FHIR Shorthand in IHE/ITI.BasicAudit). Null: it claims none.
 */
export function expectBalp(event: FhirAuditEvent): string | null {
  const [claimed] = event.meta?.profile ?? [];
  if (claimed === undefined) return null;
  expect(claimed.startsWith(balp)).toBe(true);
  const profile = claimed.slice(balp.length);
  const interactions: Readonly<Record<string, readonly [string, string]>> = {
    Query: ['search', 'E'],
    Read: ['read', 'R'],
    Create: ['create', 'C'],
  };
  const [interaction, action] = interactions[profile] ?? [];
  expect(event.type).toMatchObject({ system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' });
  expect(
    event.subtype.filter(({ system }) => system === 'http://hl7.org/fhir/restful-interaction').map(({ code }) => code),
  ).toEqual([interaction]);
  expect(event.action).toBe(action);
  expect(event.outcome, 'the profiles are of successes').toBe('0');
  const role = (code: string) => event.agent.filter(({ type }) => type.coding.some((one) => one.code === code));
  const [client, server] = profile === 'Read' ? ['110152', '110153'] : ['110153', '110152'];
  for (const code of [client, server]) {
    expect(role(code), code).toHaveLength(1);
    expect(role(code)[0]).toMatchObject({ who: expect.any(Object), network: expect.any(Object) });
  }
  const users = event.agent.filter(({ network }) => network === undefined);
  expect(users.length).toBeLessThanOrEqual(1);
  for (const user of users) {
    expect(user).toMatchObject({ requestor: true, who: expect.any(Object) });
    expect(user.type.coding[0]?.code).toBe(profile === 'Create' ? 'INF' : 'IRCP');
  }
  const entities = event.entity ?? [];
  const objects = entities.filter(({ type }) => type.system?.endsWith('/audit-entity-type') && type.code === '2');
  expect(objects, 'one System Object').toHaveLength(1);
  if (profile === 'Query') {
    expect(objects[0]).toMatchObject({ role: { code: '24' }, query: expect.any(String) });
    expect(objects[0]).not.toHaveProperty('what');
    expect(objects[0]).not.toHaveProperty('detail');
  } else {
    expect(objects[0]).toMatchObject({ what: expect.any(Object), role: { code: expect.stringMatching(/^(3|4|20)$/) } });
  }
  for (const entity of entities.filter(({ type }) => type.code === 'XrequestId')) {
    expect(entity.type.system).toBe('https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType');
    expect(entity.what?.identifier.value).toEqual(expect.any(String));
  }
  return profile;
}
