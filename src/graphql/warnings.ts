import type { Note, NoteCode } from '../planner/note.ts';

/** Something that a client should know and that is no error. Never with a value of a patient or of a query in it. */
export type Warning =
  | {
      readonly code: 'DICOM_VALUE';
      readonly message: string;
      /** Keyword, or tag of what has none. */
      readonly attribute: string;
      readonly count: number;
    }
  | {
      readonly code: NoteCode;
      readonly message: string;
      /** Keyword of the attribute, or name of the capability of the origin. */
      readonly about: string;
      /** Id of the origin. */
      readonly origin: string;
      readonly count: number;
    };

type Told = Warning extends infer Each ? (Each extends Warning ? Omit<Each, 'count'> : never) : never;

const maxWarnings = 50;

/** The warnings of one operation: the same one is counted, not repeated, and their number is bounded. */
export class Warnings {
  readonly #byKey = new Map<string, { readonly warning: Told; count: number }>();

  /** @param problem - As the data set tells it: without the value. */
  addInvalidValue(attribute: string, problem: string): void {
    this.#add(`${attribute} ${problem}`, { code: 'DICOM_VALUE', message: problem, attribute });
  }

  /** How an answer came about, where a client should know. */
  addNote(note: Note): void {
    this.#add(`${note.code} ${note.origin} ${note.about} ${note.message}`, note);
  }

  list(): readonly Warning[] {
    return [...this.#byKey.values()].map(({ warning, count }) => ({ ...warning, count }));
  }

  #add(key: string, warning: Told): void {
    const known = this.#byKey.get(key);
    if (known) known.count++;
    else if (this.#byKey.size < maxWarnings) this.#byKey.set(key, { warning, count: 1 });
  }
}
