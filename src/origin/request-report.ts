import type { ErrorCode } from '../errors.ts';
import type { Transaction } from './transaction.ts';

/** One HTTP request to an origin, told when its last byte came or it failed. Holds no value of a query. */
export interface RequestReport {
  readonly origin: string;
  readonly transaction: Transaction;
  readonly method: 'GET' | 'POST';
  /** Path on the origin's host, without the query. */
  readonly path: string;
  /** Names of the query's parameters, in order. */
  readonly queryKeys: readonly string[];
  /** 1 for the first try. */
  readonly attempt: number;
  /** HTTP status; null where no answer came. */
  readonly status: number | null;
  /** Bytes of the body, as they came over the wire. */
  readonly bytes: number;
  /** From the request to the last byte or the failure, without the wait for a place in the queue. */
  readonly ms: number;
  /** Why no whole answer came; null where it came (whatever its status), or where our side broke it off. */
  readonly error: ErrorCode | null;
}

export type RequestObserver = (report: RequestReport) => void;
