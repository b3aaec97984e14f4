import { FacadeError } from '../../errors.ts';

const retryAfterSeconds = 5;

/** The disk that uploads need does not do: another time it may. Its `cause` is for the log. */
export class StorageError extends FacadeError {
  constructor(message: string, cause: unknown) {
    super('UNAVAILABLE', message, { retryAfterSeconds }, { cause });
  }
}
