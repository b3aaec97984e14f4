import { type Profile, syntaxes, writtenOn } from './profile.ts';

/** JPEG but for JPEG-LS, JPEG 2000 part 1, RLE. */
const codecs = ['.4.50', '.4.51', '.4.57', '.4.70', '.4.90', '.4.91', '.5'];

/**
 * Orthanc with its DICOMweb plugin, by the Orthanc Book and as seen on 1.10.1 with plugin 1.7: comma lists for every tag,
 * query values not percent-decoded, `fuzzymatching` accepted and ignored. How whole its metadata is and whether it regards
 * case are its operator's choice (StudiesMetadata, SeriesMetadata, QidoCaseSensitive): the probe looks.
 *
 * What it converts to is its own transcoder's and its GDCM plugin's to say; seen on 1.10.1 with both. Two that these have are
 * left out, as asking for them brought it down: JPEG-LS, and JPEG 2000 part 2. Who has a better one configures it.
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
    nativeSyntaxes: syntaxes('', '.1', '.1.99', '.2', ...codecs),
    frameSyntaxes: syntaxes('.1', ...codecs),
  },
};
