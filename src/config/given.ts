import type { Problem } from './problem.ts';

/** A setting as a source wrote it, not checked yet. */
export interface Given {
  /** As in the table: `links.keysFile`. */
  readonly name: string;
  /** As a file would hold it. */
  readonly value: unknown;
  /** Where it was written, for messages: `--port`, `conf.yaml: port`. */
  readonly where: string;
  /** What a relative path is relative to. */
  readonly folder: string;
}

/** What one source holds, and what is wrong with its form. */
export interface Source {
  readonly given: readonly Given[];
  readonly problems: readonly Problem[];
}
