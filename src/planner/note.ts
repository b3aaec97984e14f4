/**
 * What a client should know of how an answer came about, and that is no error. Never with a value of a query or of a
 * patient.
 */
export interface Note {
  readonly code: NoteCode;
  readonly message: string;
  /** Id of the origin. */
  readonly origin: string;
  /** Keyword of the attribute, or name of the capability, that it is about. */
  readonly about: string;
}

export type NoteCode =
  /** The origin does not match this as our filter means it: its rows were checked here. */
  | 'FILTER_CHECKED_HERE'
  /** The origin does not do this: the same was had in another way, by more requests. */
  | 'CAPABILITY_WORKED_AROUND'
  /** The origin says that it has more, and does not give it. */
  | 'SEARCH_INCOMPLETE'
  /** The origin may leave this out of metadata: that it is null does not say that the object has none. */
  | 'METADATA_INCOMPLETE';
