import { FacadeError } from '../../errors.ts';

/** Withholds counts so small that they tell of single patients, in one operation of one without the scope `patient-data`. */
export class Suppression {
  /** Fewest studies that are counted. */
  readonly below: number;
  #isAsked = false;

  constructor(below: number) {
    this.below = below;
  }

  /** Counts are asked for: whatever else tells how much was read for them is then withheld with them. */
  ask(): void {
    this.#isAsked = true;
  }

  get isAsked(): boolean {
    return this.#isAsked;
  }

  /** @throws {FacadeError} FORBIDDEN: so few are not counted for one who may not see patient data. None are. */
  requireEnough(count: number): void {
    const { below } = this;
    if (count === 0 || count >= below) return;
    throw new FacadeError('FORBIDDEN', `Counts of fewer than ${below} studies need the scope "patient-data"`, {
      scope: 'patient-data',
      limit: below,
    });
  }
}
