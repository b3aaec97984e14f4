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
  /** It was refused before it was carried out; where {@link answered} told of it, that stands. Never throws. */
  refused(code: ErrorCode): void;
}

/** Links of one study that one event tells of. */
interface Minted {
  readonly origin: string;
  readonly study: string | null;
  readonly counts: Map<string, number>;
  readonly hashes: string[];
}

/** Studies that one event names; of more it tells the number. */
const mostStudies = 100;
/** Links that one event tells of; more are told by more events: 50 of them keep below 1 MB in a repository's request. */
const mostLinks = 200;
/** Events that are recorded before it is waited for the disk: an operation with a million links is no flood of memory. */
const mostAtOnce = 100;

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
  let minted: Minted[] = [];
  const filling = new Map<string, Minted>();
  let revocations: AuditEvent[] = [];
  let toldStudies = 0;
  let isTold = false;
  let isAnswered = false;
  const ms = (): number => Math.round(performance.now() - begun);

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
        ms: ms(),
        errors: [...new Set(errors)].join(' '),
        ...(isTold ? { part: 'later' } : {}),
      },
    });
    isTold = true;
    toldStudies = studies.size;
    told = [];
  }

  /** An operation that was not told of as a question: one that was to change something, or that nobody could make out. */
  function tellRefused({ type, query }: AuditedQuestion, { code }: AuditedResult): void {
    if (type !== 'query' && code !== null) refuse(code, query);
  }

  function refuse(code: ErrorCode, query: string): void {
    const event: AuditEvent = { kind: 'refuse', caller, code, details: { route: 'graphql', query } };
    refusals
      .enter(`graphql ${code} ${subjectHash} ${caller.address} ${query}`, event, 'refuse')
      .ended({ status: errorCodes[code].status, bytes: 0, ms: performance.now() - begun, isWhole: true });
  }

  async function tellMinted(): Promise<void> {
    const all = minted;
    minted = [];
    filling.clear();
    for (const [index, { origin, study, counts, hashes }] of all.entries()) {
      trail.record({
        kind: 'mint',
        caller,
        code: null,
        object: { origin, study },
        details: {
          links: hashes.length,
          representations: [...counts].map(([name, count]) => `${name}:${count}`).join(' '),
          link: hashes.join(' '),
          ms: ms(),
        },
      });
      if (index % mostAtOnce === mostAtOnce - 1) await trail.committed();
    }
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
      let entry = filling.get(key);
      if (entry === undefined || entry.hashes.length === mostLinks) {
        entry = { origin, study, counts: new Map(), hashes: [] };
        filling.set(key, entry);
        minted.push(entry);
      }
      for (const name of representations) entry.counts.set(name, (entry.counts.get(name) ?? 0) + 1);
      entry.hashes.push(hashLink(tokenOf(url)));
    },
    revoked(target, object, revokedSubject) {
      revocations.push({
        kind: 'revoke',
        caller,
        code: null,
        object,
        details: { target, ...(revokedSubject === null ? {} : { revokedSubject }), ms: ms() },
      });
    },
    async answered(question, result) {
      isAnswered = true;
      tellSearch(question, result);
      tellRefused(question, result);
      for (const event of revocations) trail.record(event);
      revocations = [];
      await tellMinted();
      await trail.committed();
    },
    refused(code) {
      if (!isAnswered) refuse(code, '');
    },
  };
}

/** The part of a link that is hashed: after its route, up to what a template or a client adds. */
const tokenOf = (url: string): string => /^.*\/(?:links|dicomweb)\/([^/]*)/.exec(url)?.[1] ?? '';
