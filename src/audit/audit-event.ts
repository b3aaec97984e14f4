import type { ErrorCode } from '../errors.ts';

/** What the trail tells of. Each is written once; `redeemed` and `stored` close what `redeem` and `store` began. */
export type AuditKind =
  | 'search'
  | 'mint'
  | 'redeem'
  | 'redeemed'
  | 'store'
  | 'stored'
  | 'refuse'
  | 'revoke'
  | 'start'
  | 'stop'
  | 'gap';

/** Who did it, from where, in which request. What is not known is null. */
export interface AuditCaller {
  /** The principal's own name; of a link, where it was minted by this process. */
  readonly subject: string | null;
  /** Keyed hash of the subject, as it stands in links. */
  readonly subjectHash: string | null;
  readonly address: string | null;
  readonly requestId: string | null;
  readonly traceId: string | null;
}

/** A study, or what is below it. */
export interface AuditObject {
  readonly origin: string;
  readonly study: string | null;
  readonly series?: string | null | undefined;
  readonly instance?: string | null | undefined;
}

/**
 * One thing that happened, before it has the form of a file. It says who, which study, by what and with which result: never
 * a patient's name, a value that was searched by, a token or a signature.
 */
export interface AuditEvent {
  readonly kind: AuditKind;
  /** null: the program itself. */
  readonly caller: AuditCaller | null;
  /** null: it was done. */
  readonly code: ErrorCode | null;
  /** Milliseconds since the epoch, both ends; null: at the moment of recording. */
  readonly period?: readonly [start: number, end: number] | null;
  /** What it was done to. */
  readonly object?: AuditObject | null;
  /** Studies that an answer told of, some of them where there are many: see the detail `studies`. */
  readonly told?: readonly AuditObject[];
  /** Of a search: what was asked, without a value. */
  readonly query?: string;
  /** Numbers, codes and names of ours; undefined ones are left out. */
  readonly details?: Readonly<Record<string, string | number | undefined>>;
}
