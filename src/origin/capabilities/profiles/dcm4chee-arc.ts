import { type Profile, writtenOn } from './profile.ts';

/** dcm4chee-arc-light 5, by its conformance statement: nearly every key, lists, ranges, wildcards, order by `orderby`; and beyond PS3.18 the number of matches. */
export const dcm4cheeArc: Profile = {
  asOf: writtenOn,
  capabilities: {
    uidListMatching: true,
    rootSeriesSearch: true,
    rootInstanceSearch: true,
    includeField: true,
    fuzzyMatching: true,
    studyCount: true,
    ordering: true,
    orderParameter: 'orderby',
    caseInsensitiveMatching: false, // as an archive's attribute filter is configured
  },
};
