/** Something that a client should know and that is no error. Never with a value of a patient in it. */
export interface Warning {
  readonly code: 'DICOM_VALUE';
  readonly message: string;
  /** Keyword, or tag of what has none. */
  readonly attribute: string;
  readonly count: number;
}

const maxWarnings = 50;

/** The warnings of one operation: the same one is counted, not repeated, and their number is bounded. */
export class Warnings {
  readonly #byKey = new Map<string, { message: string; attribute: string; count: number }>();

  /** @param problem - As the data set tells it: without the value. */
  addInvalidValue(attribute: string, problem: string): void {
    const key = `${attribute} ${problem}`;
    const known = this.#byKey.get(key);
    if (known) known.count++;
    else if (this.#byKey.size < maxWarnings) this.#byKey.set(key, { message: problem, attribute, count: 1 });
  }

  list(): readonly Warning[] {
    return [...this.#byKey.values()].map((warning) => ({ code: 'DICOM_VALUE', ...warning }));
  }
}
