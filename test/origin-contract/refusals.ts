import type { Refusals } from './ask.ts';

/** Nothing below a study is found without the study. */
const noRootSearch: Refusals = {
  'a series without its study': 'STUDY_UID_REQUIRED',
  'series of the archive': 'STUDY_UID_REQUIRED',
};

/** Rows without StudyDescription, which no search returns unasked, do not tell whether they match. */
const noIncludeField: Refusals = {
  'a description with a comma': 'FILTER_UNSUPPORTED',
  'a part of a description': 'FILTER_UNSUPPORTED',
};

/** By archive or quirk: the questions that can be answered neither there nor here, and the code of the refusal. */
export const refusals: Readonly<Record<string, Refusals>> = {
  'aws-healthimaging': noRootSearch,
  'static-dicomweb': { ...noRootSearch, ...noIncludeField },
  // A search at the root that ignores what it is asked for is none.
  'filters ignored': noRootSearch,
  'filters refused': noRootSearch,
  'no root searches': noRootSearch,
  'includefield ignored': noIncludeField,
};
