/** Facts that go with an error: positions and kinds, never the value that was refused. */
export type DicomErrorFacts = Readonly<Record<string, string | number>>;

/** A UID, tag, date or path given by a caller is not what DICOM allows there. */
export class DicomInputError extends Error {
  readonly code: 'BAD_USER_INPUT' | 'BAD_PATH';
  readonly facts: DicomErrorFacts;

  constructor(code: 'BAD_USER_INPUT' | 'BAD_PATH', message: string, facts: DicomErrorFacts = {}) {
    super(message);
    this.name = 'DicomInputError';
    this.code = code;
    this.facts = facts;
  }
}

/** A body is JSON, but not the DICOM JSON Model (PS3.18 Annex F). */
export class DicomJsonError extends Error {
  readonly code = 'ORIGIN_RESPONSE';
  readonly facts: DicomErrorFacts = {};

  constructor(message: string) {
    super(message);
    this.name = 'DicomJsonError';
  }
}
