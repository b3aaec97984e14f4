import { type ErrorCode, errorCodes } from '../errors.ts';
import type { AuditCaller, AuditEvent, AuditObject } from './audit-event.ts';
import { hashLink } from './link-audit.ts';
import { currentCaller } from './request-facts.ts';
import type { AuditTrail } from './trail.ts';
import type { Windows } from './windows.ts';

/** What an operation asked, without a value. */
export interface AuditedQuestion {
  /** `query` or `mutation`; null where it cannot be told. */
  readonly type: 'query' | 'mutation' | null;
  /** What it asked, in names of the schema and keywords of attributes; empty: nothing of any study. */
  readonly query: string;
}

export interface AuditedResult {
  /** Of the first error where nothing was answered or done; null: something was. */
  readonly code: ErrorCode | null;
  /** Codes of errors in the answer. */
  readonly errors: readonly string[];
  /** Requests to origins, as they were planned. */
  readonly requests: number;
}

/** One operation, as the trail follows it. */
export interface OperationAudit {
  /** The answer may tell of this study. */
  saw(origin: string, study: string): void;
  /** @param study - null: an upload of any. */
  minted(origin: string, study: string | null, representations: readonly string[], url: string): void;
  /** @param target - What kind; with the study or the origin, or the subject's name. */
  revoked(target: 'study' | 'subject' | 'origin', object: AuditObject | null, subject: string | null): void;
  /**
   * To be awaited before the answer, or a part of it, leaves: tells of what has come since the last time.
   *
   * @throws {FacadeError} UNAVAILABLE: nothing is to leave.
   */
  answered(question: AuditedQuestion, result: AuditedResult): Promise<void>;
}

interface Minted {
  readonly origin: string;
  readonly study: string | null;
  readonly counts: Map<string, number>;
  links: number;
  readonly hashes: string[];
}

/** Studies that one event names; of more it tells the number. */
const mostStudies = 100;
/** Links of one study and operation that are told by their hashes. */
const mostHashes = 8;

export interface OperationAuditOptions {
  readonly trail: AuditTrail;
  readonly refusals: Windows;
  /** The principal's own name, and as links have it. */
  readonly subject: string;
  readonly subjectHash: string;
  /** Told when a link was minted for it. */
  readonly onMinted: () => void;
}

export function createOperationAudit(options: OperationAuditOptions): OperationAudit {
  const { trail, refusals, subject, subjectHash, onMinted } = options;
  const begun = performance.now();
  const caller: AuditCaller = currentCaller(subject, subjectHash);
  const studies = new Set<string>();
  let told: AuditObject[] = [];
  let minted = new Map<string, Minted>();
  let revocations: AuditEvent[] = [];
  let toldStudies = 0;
  let isTold = false;

  function tellSearch({ type, query }: AuditedQuestion, { code, errors, requests }: AuditedResult): void {
    if (type === 'mutation' || query === '' || (isTold && studies.size === toldStudies)) return;
    trail.record({
      kind: 'search',
      caller,
      code,
      query,
      told,
      details: {
        studies: studies.size,
        requests,
        ms: Math.round(performance.now() - begun),
        errors: [...new Set(errors)].join(' '),
        ...(isTold ? { part: 'later' } : {}),
      },
    });
    isTold = true;
    toldStudies = studies.size;
    told = [];
  }

  function tellRefused({ type, query }: AuditedQuestion, { code }: AuditedResult): void {
    if (type !== 'mutation' || code === null) return;
    const details = { route: 'graphql', query };
    const event: AuditEvent = { kind: 'refuse', caller, code, details };
    refusals
      .enter(`graphql ${code} ${subjectHash} ${caller.address} ${query}`, event, 'refuse')
      .ended({ status: errorCodes[code].status, bytes: 0, ms: performance.now() - begun, isWhole: true });
  }

  function tellMinted(): void {
    for (const { origin, study, counts, links, hashes } of minted.values()) {
      trail.record({
        kind: 'mint',
        caller,
        code: null,
        object: { origin, study },
        details: {
          links,
          representations: [...counts].map(([name, count]) => `${name}:${count}`).join(' '),
          ...(hashes.length === links ? { link: hashes.join(' ') } : {}),
        },
      });
    }
    minted = new Map();
  }

  return {
    saw(origin, study) {
      const key = `${origin} ${study}`;
      if (studies.has(key)) return;
      studies.add(key);
      if (told.length < mostStudies) told.push({ origin, study });
    },
    minted(origin, study, representations, url) {
      onMinted();
      const key = `${origin} ${study}`;
      let entry = minted.get(key);
      if (entry === undefined) {
        entry = { origin, study, counts: new Map(), links: 0, hashes: [] };
        minted.set(key, entry);
      }
      entry.links++;
      for (const name of representations) entry.counts.set(name, (entry.counts.get(name) ?? 0) + 1);
      if (entry.links <= mostHashes) entry.hashes.push(hashLink(tokenOf(url)));
    },
    revoked(target, object, revokedSubject) {
      revocations.push({
        kind: 'revoke',
        caller,
        code: null,
        object,
        details: { target, ...(revokedSubject === null ? {} : { revokedSubject }) },
      });
    },
    async answered(question, result) {
      tellSearch(question, result);
      tellRefused(question, result);
      tellMinted();
      for (const event of revocations) trail.record(event);
      revocations = [];
      await trail.committed();
    },
  };
}

/** The part of a link that is hashed: after its route, up to what a template or a client adds. */
const tokenOf = (url: string): string => /^.*\/(?:links|dicomweb)\/([^/]*)/.exec(url)?.[1] ?? '';
