import { errorCodes } from '../errors.ts';
import type { AuditCaller, AuditEvent, AuditKind, AuditObject } from './audit-event.ts';

/** Who writes the trail, as each event names it. */
export interface AuditSource {
  /** Where: the machine or the installation. */
  readonly site: string;
  /** The service's own address. */
  readonly publicUrl: string;
}

interface Coding {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}

const balp = 'https://profiles.ihe.net/ITI/BALP';
const ours = 'urn:x-dicomweb-graphql';
const dicom = 'http://dicom.nema.org/resources/ontology/DCM';
const entityType = 'http://terminology.hl7.org/CodeSystem/audit-entity-type';
const objectRole = 'http://terminology.hl7.org/CodeSystem/object-role';
const participation = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';

const rest: Coding = {
  system: 'http://terminology.hl7.org/CodeSystem/audit-event-type',
  code: 'rest',
  display: 'Restful Operation',
};
const applicationActivity: Coding = { system: dicom, code: '110100', display: 'Application Activity' };
const securityAlert: Coding = { system: dicom, code: '110113', display: 'Security Alert' };
const interaction = (code: string): Coding => ({
  system: 'http://hl7.org/fhir/restful-interaction',
  code,
  display: code,
});

interface Shape {
  readonly type: Coding;
  readonly subtype: readonly Coding[];
  readonly action: 'C' | 'R' | 'E';
  /** The profile of IHE BALP that it keeps to where it succeeded: those are for successes alone. */
  readonly profile?: 'Query' | 'Read' | 'Create';
}

const read: Shape = {
  type: rest,
  subtype: [interaction('read'), { system: dicom, code: '110104', display: 'DICOM Instances Transferred' }],
  action: 'R',
  profile: 'Read',
};
const create: Shape = {
  type: rest,
  subtype: [interaction('create'), { system: dicom, code: '110104', display: 'DICOM Instances Transferred' }],
  action: 'C',
  profile: 'Create',
};

/** FHIR R4 and PS3.15 §A.5.3 have no kind of event for a link that is given: it is an operation, named by our own code. */
const shapes: Readonly<Record<AuditKind, Shape>> = {
  search: {
    type: rest,
    subtype: [interaction('search'), { system: dicom, code: '110112', display: 'Query' }],
    action: 'E',
    profile: 'Query',
  },
  mint: { type: rest, subtype: [interaction('operation')], action: 'E' },
  redeem: read,
  redeemed: read,
  store: create,
  stored: create,
  refuse: {
    type: securityAlert,
    subtype: [{ system: dicom, code: '110132', display: 'Use of Restricted Function' }],
    action: 'E',
  },
  revoke: {
    type: securityAlert,
    subtype: [{ system: dicom, code: '110137', display: 'User Security Attributes Changed' }],
    action: 'E',
  },
  start: {
    type: applicationActivity,
    subtype: [{ system: dicom, code: '110120', display: 'Application Start' }],
    action: 'E',
  },
  stop: {
    type: applicationActivity,
    subtype: [{ system: dicom, code: '110121', display: 'Application Stop' }],
    action: 'E',
  },
  gap: {
    type: securityAlert,
    subtype: [{ system: dicom, code: '110129', display: 'Audit Recording Stopped' }],
    action: 'E',
  },
};

/**
 * An event as FHIR R4 AuditEvent, by the profiles of IHE BALP where there is one: Query, Read, Create.
 *
 * Departures, since the trail holds no patient and no value of a query: `Query.entity.query` names attributes alone, and
 * the profiles with a Patient are not used: the study is named, which the archive knows the patient of.
 *
 * @param recordedAt - Milliseconds since the epoch.
 * @see https://hl7.org/fhir/R4/auditevent.html, https://profiles.ihe.net/ITI/BALP
 */
export function toFhir(event: AuditEvent, id: string, recordedAt: number, source: AuditSource): object {
  const { kind, caller, code, period, object, told = [], query } = event;
  const { type, subtype, action, profile } = shapes[kind];
  const entities = [
    ...(caller === null ? detailsOnly(event) : [transaction(caller, event)]),
    ...(query === undefined ? [] : [queryEntity(query)]),
    ...(object?.study ? [study(object, '2', 'System Object')] : []),
    // In a Query the System Object is the query itself.
    ...told.map((one) => study(one, '4', 'Other')),
  ];
  return {
    resourceType: 'AuditEvent',
    id,
    ...(profile === undefined || code !== null || (profile !== 'Query' && !object?.study)
      ? {}
      : { meta: { profile: [`${balp}/StructureDefinition/IHE.BasicAudit.${profile}`] } }),
    type,
    subtype: [...subtype, { system: `${ours}:event`, code: kind }],
    action,
    ...(period ? { period: { start: instant(period[0]), end: instant(period[1]) } } : {}),
    recorded: instant(recordedAt),
    outcome: outcomeOf(code),
    ...(code === null ? {} : { outcomeDesc: code }),
    agent: caller === null ? [itself(source)] : agents(caller, source, action),
    source: {
      site: source.site,
      observer: { identifier: { system: 'urn:ietf:rfc:3986', value: source.publicUrl }, display: 'dicomweb-graphql' },
      type: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/security-source-type',
          code: '4',
          display: 'Application Server',
        },
      ],
    },
    ...(entities.length === 0 ? {} : { entity: entities }),
  };
}

/** 4: the caller's; 8: ours or the origin's. */
function outcomeOf(code: AuditEvent['code']): '0' | '4' | '8' {
  if (code === null) return '0';
  return errorCodes[code].status < 500 ? '4' : '8';
}

/** The client is the source of a query and of files, and the destination of what it reads. */
function agents(caller: AuditCaller, source: AuditSource, action: Shape['action']): readonly object[] {
  const { subject, subjectHash, address } = caller;
  const from = { coding: [{ system: dicom, code: '110153', display: 'Source Role ID' }] };
  const to = { coding: [{ system: dicom, code: '110152', display: 'Destination Role ID' }] };
  const isRead = action === 'R';
  const client = {
    type: isRead ? to : from,
    who: { display: address ?? 'unknown' },
    requestor: subject === null && subjectHash === null,
    network: { address: address ?? 'unknown', type: address === null ? '1' : '2' },
  };
  const server = {
    type: isRead ? from : to,
    who: { identifier: { system: 'urn:ietf:rfc:3986', value: source.publicUrl }, display: 'dicomweb-graphql' },
    requestor: false,
    network: { address: source.publicUrl, type: '5' },
  };
  if (client.requestor) return [client, server];
  const named = subject === null ? 'subject-hash' : 'subject';
  const user = {
    type: {
      coding: [
        action === 'C'
          ? { system: participation, code: 'INF', display: 'informant' }
          : { system: participation, code: 'IRCP', display: 'information recipient' },
      ],
    },
    who: { identifier: { system: `${ours}:${named}`, value: subject ?? subjectHash } },
    ...(subjectHash === null ? {} : { altId: subjectHash }),
    requestor: true,
  };
  return [client, server, user];
}

const itself = ({ publicUrl }: AuditSource): object => ({
  type: { coding: [{ system: dicom, code: '110150', display: 'Application' }] },
  who: { identifier: { system: 'urn:ietf:rfc:3986', value: publicUrl }, display: 'dicomweb-graphql' },
  requestor: false,
});

const transaction = ({ requestId, traceId }: AuditCaller, { details, object }: AuditEvent): object => ({
  what: { identifier: { value: requestId ?? 'unknown' } },
  type: { system: `${balp}/CodeSystem/BasicAuditEntityType`, code: 'XrequestId' },
  ...detailsOf({ traceId: traceId ?? undefined, origin: object?.origin, ...details }),
});

function detailsOnly({ details }: AuditEvent): readonly object[] {
  const told = detailsOf(details ?? {});
  if (!('detail' in told)) return [];
  return [{ type: { system: entityType, code: '4', display: 'Other' }, name: 'details', ...told }];
}

const queryEntity = (query: string): object => ({
  type: { system: entityType, code: '2', display: 'System Object' },
  role: { system: objectRole, code: '24', display: 'Query' },
  description: query,
  query: Buffer.from(query).toString('base64'),
});

/** A study as FHIR's ImagingStudy identifies it; what is meant below it stands in details. */
const study = ({ study: uid, series, instance }: AuditObject, code: string, display: string): object => ({
  what: { type: 'ImagingStudy', identifier: { system: 'urn:dicom:uid', value: `urn:oid:${uid}` } },
  type: { system: entityType, code, display },
  role: { system: objectRole, code: '4', display: 'Domain Resource' },
  ...detailsOf({ series: series ?? undefined, instance: instance ?? undefined }),
});

function detailsOf(facts: NonNullable<AuditEvent['details']>): { readonly detail?: readonly object[] } {
  const detail = Object.entries(facts).flatMap(([type, value]) =>
    value === undefined || value === '' ? [] : [{ type, valueString: String(value) }],
  );
  return detail.length === 0 ? {} : { detail };
}

const instant = (ms: number): string => new Date(ms).toISOString();
