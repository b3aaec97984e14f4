import { FacadeError } from '../errors.ts';
import type { OperationLimits } from '../planner/budget.ts';

/** Bounds of one operation that its caller is told about (`viewer.limits`). */
export interface OperationBounds extends OperationLimits {
  /** Signed URLs that one operation may mint; a template is one. Default 10,000. */
  readonly maxSignedUrls: number;
  /** Cost that one operation may be reckoned at, and values that its answer may hold (docs/limits.md). Default 1,000,000. */
  readonly maxCost: number;
  /** Bytes of one upload. Default 2 GiB. */
  readonly maxUploadBytes: number;
}

export const defaultBounds: OperationBounds = {
  maxOriginRequests: 100,
  maxRows: 100_000,
  maxSignedUrls: 10_000,
  maxCost: 1_000_000,
  maxUploadBytes: 2 ** 31,
};

export const maxRootPage = 1_000;
export const maxNestedPage = 10_000;
export const maxNodes = 100;
export const maxFramesInAnswer = 100;
export const maxDictionaryEntries = 100;

/**
 * `first` of a list.
 *
 * @throws {FacadeError} BAD_USER_INPUT: not 0 to the limit.
 */
export function parseFirst(first: number | null | undefined, limit: number, otherwise: number): number {
  const value = first ?? otherwise;
  if (value >= 0 && value <= limit) return value;
  throw new FacadeError('BAD_USER_INPUT', `"first" is 0 to ${limit}`, { argument: 'first', limit });
}

/** @throws {FacadeError} BAD_USER_INPUT: a list longer than the schema allows. */
export function checkLength(values: readonly unknown[], limit: number, argument: string): void {
  if (values.length <= limit) return;
  throw new FacadeError('BAD_USER_INPUT', `"${argument}" holds at most ${limit}`, {
    argument,
    need: values.length,
    limit,
  });
}
