import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '../errors.ts';
import type { AuditEvent } from './audit-event.ts';
import { currentCaller, onEnding } from './request-facts.ts';
import type { KnownSubjects } from './subjects.ts';
import type { AuditTrail } from './trail.ts';
import type { Ending, Windows } from './windows.ts';

/** What a link grants, as far as the trail tells of it. */
export interface AuditedGrant {
  readonly form: string;
  readonly origin: string;
  readonly study: string | null;
  readonly series: string | null;
  readonly instance: string | null;
  /** Keyed hash. */
  readonly subject: string;
}

/** What became of an upload. */
export interface AuditedStore {
  readonly studies: readonly string[];
  readonly stored: number;
  readonly failed: number;
  /** Of the files, as they came. */
  readonly bytes: number;
}

/** One request to a link, as the trail follows it. */
export interface LinkRequest {
  /** The link is good: from now on the request is told of with what it is for. */
  grants(grant: AuditedGrant, token: string, representation: string): void;
  /**
   * To be awaited before the first byte of an answer leaves.
   *
   * @throws {FacadeError} UNAVAILABLE: nothing is to leave.
   */
  answered(): Promise<void>;
  /** To be awaited before files are sent to an origin. @throws {FacadeError} UNAVAILABLE */
  storing(studies: readonly string[]): Promise<void>;
  /** To be awaited before what became of them is told. Never throws: that they were sent is in the trail. */
  stored(result: AuditedStore): Promise<void>;
  /** It was refused, or failed, before it was answered. Never throws: nothing of an object is in the answer. */
  failed(code: ErrorCode): void;
}

/** The trail of the gateway. */
export interface LinkAudit {
  /** @throws {FacadeError} UNAVAILABLE: nothing is answered that cannot be told of. */
  begin(request: IncomingMessage, response: ServerResponse): LinkRequest;
}

/** Where there is no trail. */
export const noLinkAudit: LinkAudit = {
  begin: () => ({
    grants: () => undefined,
    answered: async () => undefined,
    storing: async () => undefined,
    stored: async () => undefined,
    failed: () => undefined,
  }),
};

/** SHA-256 of a token, in hex: whoever has a link finds its events, and the trail opens nothing. */
export const hashLink = (token: string): string => hash('sha256', token);

export interface LinkAuditOptions {
  readonly trail: AuditTrail;
  readonly openings: Windows;
  readonly refusals: Windows;
  readonly subjects: KnownSubjects;
}

const most = 100;

export function createLinkAudit({ trail, openings, refusals, subjects }: LinkAuditOptions): LinkAudit {
  return {
    begin(request, response) {
      trail.check();
      const begun = performance.now();
      let isEntered = false;
      /** Of the files that were sent to an origin; null: none were. */
      let sent: readonly string[] | null = null;
      let granted: { readonly grant: AuditedGrant; readonly link: string; readonly representation: string } | null =
        null;

      const eventOf = (kind: AuditEvent['kind'], code: ErrorCode | null): AuditEvent => {
        const { grant = null, link, representation } = granted ?? {};
        const hash = grant?.subject ?? null;
        return {
          kind,
          caller: currentCaller(subjects.find(hash), hash),
          code,
          object: grant,
          details: { link, form: grant?.form, representation },
        };
      };

      /** Counts this request to what is the same in the trail's eyes. */
      function enter(code: ErrorCode | null): Promise<void> {
        isEntered = true;
        const isUpload = granted?.grant.form === 'upload';
        const event = eventOf(isUpload ? 'store' : 'redeem', code);
        const { address } = event.caller ?? {};
        const key = [granted?.link, granted?.representation, address, code].join(' ');
        const window = openings.enter(key, event, isUpload ? 'stored' : 'redeemed');
        onEnding(request, response, window.ended);
        return window.durable;
      }

      function tellStored(code: ErrorCode | null, studies: readonly string[], facts: AuditEvent['details']): void {
        const event = eventOf('stored', code);
        const details = { ...event.details, ...facts, ms: Math.round(performance.now() - begun) };
        trail.record({ ...event, ...storedIn(event, studies), details });
      }

      return {
        grants(grant, token, representation) {
          granted = { grant, link: hashLink(token), representation };
        },
        async answered() {
          isEntered = true;
          await subjects.lookUp(granted?.grant.subject ?? null);
          await enter(null);
        },
        async storing(studies) {
          const event = eventOf('store', null);
          trail.record({ ...event, ...storedIn(event, studies) });
          await trail.committed();
          sent = studies;
        },
        async stored({ studies, stored, failed, bytes }) {
          isEntered = true;
          tellStored(stored === 0 ? 'BAD_USER_INPUT' : null, studies, { stored, failed, bytes });
          await trail.committed().catch(() => undefined);
        },
        failed(code) {
          if (isEntered) return;
          if (sent !== null) {
            isEntered = true;
            tellStored(code, sent, {});
            return;
          }
          if (granted !== null) {
            enter(code).catch(() => undefined);
            return;
          }
          const event = eventOf('refuse', code);
          const { address } = event.caller ?? {};
          const window = refusals.enter(
            `links ${code} ${address}`,
            { ...event, details: { route: 'links' } },
            'refuse',
          );
          onEnding(request, response, (ending: Ending) => window.ended(ending));
        },
      };
    },
  };
}

/** The granted study; else, or beside it, those of the files. */
function storedIn({ object }: AuditEvent, studies: readonly string[]): Pick<AuditEvent, 'object' | 'told'> {
  if (!object) return {};
  const [first = null, ...others] = object.study === null ? studies : [object.study];
  const told = others.slice(0, most - 1).map((study) => ({ origin: object.origin, study }));
  return { object: { ...object, study: first }, told };
}
