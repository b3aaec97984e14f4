import type { Note, NoteCode } from '../planner/note.ts';

/** Something that a client should know and that is no error. Never with a value of a patient or of a query in it. */
export type Warning =
  | {
      readonly code: 'DICOM_VALUE';
      readonly message: string;
      /** Keyword, or tag of what has none. */
      readonly attribute: string;
      /** How often. Null: that would tell how many studies there are, to one to whom small counts are not told. */
      readonly count: number | null;
    }
  | {
      readonly code: NoteCode;
      readonly message: string;
      /** Keyword of the attribute, or name of the capability of the origin. */
      readonly about: string;
      /** Id of the origin. */
      readonly origin: string;
      readonly count: number | null;
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

  list({ isCounted }: { readonly isCounted: boolean }): readonly Warning[] {
    return [...this.#byKey.values()].map(({ warning, count }) => ({ ...warning, count: isCounted ? count : null }));
  }

  #add(key: string, warning: Told): void {
    const known = this.#byKey.get(key);
    if (known) known.count++;
    else if (this.#byKey.size < maxWarnings) this.#byKey.set(key, { warning, count: 1 });
  }
}
