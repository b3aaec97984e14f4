/**
 * Whether an origin answers, by its last requests.
 *
 * One broken connection, timeout or refusal of our credentials makes it unhealthy, one answer makes it healthy again. A
 * single 5xx tells of one object as a rule (Orthanc answers 500 to some frames): three in a row tell of the origin.
 */
export class Health {
  #healthy: boolean | null = null;
  #failuresInARow = 0;

  get healthy(): boolean | null {
    return this.#healthy;
  }

  note(outcome: 'answered' | 'failed' | 'down'): void {
    this.#failuresInARow = outcome === 'failed' ? this.#failuresInARow + 1 : 0;
    if (outcome === 'answered') this.#healthy = true;
    else if (outcome === 'down' || this.#failuresInARow >= 3) this.#healthy = false;
  }
}
