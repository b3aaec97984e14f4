import { type Profile, writtenOn } from './profile.ts';

/**
 * static-dicomweb (files made ahead, served as they are), by its documentation: three search resources, which match a fixed
 * index or nothing, return all they have, and tell no counts; metadata by series. Images that it may have made ahead are not asked for.
 * A file has one form: there is nobody to convert it.
 */
export const staticDicomweb: Profile = {
  asOf: writtenOn,
  capabilities: {
    uidListMatching: false,
    rootSeriesSearch: false,
    rootInstanceSearch: false,
    studyInstanceSearch: false,
    includeField: false,
    relatedCounts: false,
    matchableKeys: { study: ['StudyInstanceUID', 'PatientID', 'AccessionNumber'], series: [], instance: [] },
    wildcardMatching: false,
    rangeMatching: false,
    caseInsensitiveMatching: false,
    searchLimit: false,
    searchOffset: false,
    studyMetadata: false,
    instanceMetadata: false,
    rendering: false, // what it made ahead has no viewport and no window
    nativeSyntaxes: [],
    frameSyntaxes: [],
  },
};
