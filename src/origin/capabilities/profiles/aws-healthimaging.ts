import { type Profile, studyKeys, syntaxes, writtenOn } from './profile.ts';

const seriesKeys: readonly string[] = ['SeriesInstanceUID', 'Modality'];

/**
 * AWS HealthImaging, by its developer guide (DICOMweb search and retrieval). A search shows 10,000 records at the most,
 * 1,000 at a time. There is no metadata of a study, nothing rendered, and native objects one by one.
 *
 * Objects and frames come in Explicit VR Little Endian or as stored: in High-Throughput JPEG 2000 or JPEG 2000, as the data
 * store was made; few as they were imported.
 */
export const awsHealthImaging: Profile = {
  asOf: writtenOn,
  capabilities: {
    uidListMatching: false, // not documented
    rootSeriesSearch: false,
    rootInstanceSearch: false,
    caseInsensitiveMatching: false, // not documented
    matchableKeys: {
      study: [...studyKeys, 'PatientBirthDate', 'StudyDescription', 'ModalitiesInStudy'],
      series: seriesKeys,
      instance: [...seriesKeys, 'SOPInstanceUID', 'SOPClassUID'],
    },
    maxSearchLimit: 1_000,
    maxSearchRows: 10_000,
    studyMetadata: false,
    rendering: false,
    thumbnails: false,
    representations: ['NATIVE', 'FRAMES', 'BULKDATA', 'METADATA'],
    renderedFormats: [],
    nativeSyntaxes: syntaxes('.1', '.4.90', '.4.202'),
    frameSyntaxes: syntaxes('.1', '.4.90', '.4.202'),
  },
};
