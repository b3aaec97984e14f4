import { type Profile, writtenOn } from './profile.ts';

/**
 * Orthanc with its DICOMweb plugin, by the Orthanc Book and as seen on 1.10.1 with plugin 1.7: comma lists for every tag,
 * query values not percent-decoded, `fuzzymatching` accepted and ignored. How whole its metadata is and whether it regards
 * case are its operator's choice (StudiesMetadata, SeriesMetadata, QidoCaseSensitive): the probe looks.
 */
export const orthanc: Profile = {
  asOf: writtenOn,
  capabilities: {
    uidListMatching: true,
    rootSeriesSearch: true,
    rootInstanceSearch: true,
    includeField: true,
    fuzzyMatching: false,
    ordering: false,
    caseInsensitiveMatching: true,
    rawQueryValues: true,
    thumbnails: false, // from 1.19 on
    renderedFormats: ['image/jpeg', 'image/png'],
  },
};
