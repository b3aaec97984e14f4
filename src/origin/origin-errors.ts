import { type ErrorCode, FacadeError } from '../errors.ts';
import type { Transaction } from './transaction.ts';

/** What an error of the origin client tells besides its code. */
export interface OriginErrorFacts {
  /** Id of the origin in the configuration. */
  readonly origin: string;
  readonly transaction: Transaction;
  /** HTTP status, where an answer came. */
  readonly status?: number;
  /** Seconds that the origin asks to wait (Retry-After). */
  readonly retryAfterSeconds?: number;
}

/** Any failure of a request to an origin. Never holds the URL: a QIDO query can hold a patient's name. */
export abstract class OriginError extends FacadeError {
  readonly origin: string;
  readonly transaction: Transaction;
  readonly status: number | undefined;
  /** Whether the same request may succeed later without change. */
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, facts: OriginErrorFacts, retryable: boolean, options?: ErrorOptions) {
    super(code, message, { ...facts, retryable }, options);
    this.origin = facts.origin;
    this.transaction = facts.transaction;
    this.status = facts.status;
    this.retryable = retryable;
  }
}

/** No connection, or one that broke before the answer was whole. */
export class OriginUnreachableError extends OriginError {
  constructor(facts: OriginErrorFacts, what: string, options?: ErrorOptions) {
    super('ORIGIN_UNREACHABLE', `Origin "${facts.origin}": ${what}`, facts, true, options);
  }
}

/** No headers, or no further bytes of a body, or no end of the whole, within the configured time. */
export class OriginTimeoutError extends OriginError {
  constructor(facts: OriginErrorFacts, what: string, options?: ErrorOptions) {
    super('ORIGIN_TIMEOUT', `Origin "${facts.origin}" was too slow: ${what}`, facts, true, options);
  }
}

/** 401 or 403: the origin refuses the credentials that are configured for it. Or there are none to show it. */
export class OriginAuthError extends OriginError {
  constructor(facts: OriginErrorFacts, what = 'it refused our credentials') {
    super('ORIGIN_AUTH', `Origin "${facts.origin}": ${what}`, facts, false);
  }
}

/** 401 or 403 of an origin that is asked with the caller's own token: it says nothing of the origin, or of others. */
export class OriginCallerError extends FacadeError {
  constructor({ origin, transaction, status }: OriginErrorFacts & { readonly status: 401 | 403 }) {
    const [code, what] =
      status === 401 ? (['UNAUTHENTICATED', 'refused'] as const) : (['FORBIDDEN', 'forbids this to'] as const);
    super(code, `Origin "${origin}" ${what} the caller's token`, { origin, transaction, status });
  }
}

/** 429, also after the retries that are allowed. */
export class OriginThrottledError extends OriginError {
  constructor(facts: OriginErrorFacts) {
    super('ORIGIN_THROTTLED', `Origin "${facts.origin}" throttled "${facts.transaction}"`, facts, true);
  }
}

/** A 5xx, or a status that PS3.18 does not give this transaction; redirects are among them, as none is followed. */
export class OriginStatusError extends OriginError {
  constructor(facts: OriginErrorFacts & { readonly status: number }) {
    const message = `Origin "${facts.origin}" answered HTTP ${facts.status} to "${facts.transaction}"`;
    super('ORIGIN_ERROR', message, facts, facts.status >= 500);
  }
}

/** The status was right and the body is not what PS3.18 allows: text/html, broken JSON, half a body. */
export class OriginResponseError extends OriginError {
  /** @param what - What is wrong with the body; no part of it. */
  constructor(facts: OriginErrorFacts, what: string, retryable = false, options?: ErrorOptions) {
    const message = `Origin "${facts.origin}" answered "${facts.transaction}" against PS3.18: ${what}`;
    super('ORIGIN_RESPONSE', message, facts, retryable, options);
  }
}

/** 404 to a retrieval, or 410. */
export class OriginNotFoundError extends OriginError {
  constructor(facts: OriginErrorFacts) {
    super('NOT_FOUND', `Origin "${facts.origin}" has no such object`, facts, false);
  }
}

/** 406, 415 or 501 to a retrieval: the origin has the object, not in this form. */
export class OriginRepresentationError extends OriginError {
  constructor(facts: OriginErrorFacts) {
    const message = `Origin "${facts.origin}" cannot give this form of the object`;
    super('REPRESENTATION_UNAVAILABLE', message, facts, false);
  }
}

/** The queue for the origin is full: nothing was sent. */
export class OriginBusyError extends OriginError {
  constructor(facts: OriginErrorFacts) {
    super('UNAVAILABLE', `Too many requests are waiting for origin "${facts.origin}"`, facts, true);
  }
}

/** The origin failed again and again, and is left alone for a while: nothing was sent. */
export class OriginCircuitError extends OriginError {
  constructor(facts: OriginErrorFacts & { readonly retryAfterSeconds: number }) {
    super('UNAVAILABLE', `Origin "${facts.origin}" keeps failing, and is not asked now: circuit open`, facts, true);
  }
}

/** Nobody read the body for so long that its connection was given up. */
export class OriginReaderError extends OriginError {
  constructor(facts: OriginErrorFacts) {
    super('UNAVAILABLE', `A body of origin "${facts.origin}" was not read, and given up`, facts, true);
  }
}
