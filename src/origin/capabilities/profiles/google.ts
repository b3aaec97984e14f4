import { type Profile, writtenOn } from './profile.ts';

const studyKeys: readonly string[] = [
  'StudyInstanceUID',
  'PatientName',
  'PatientID',
  'AccessionNumber',
  'ReferringPhysicianName',
  'StudyDate',
];
const seriesKeys: readonly string[] = [...studyKeys, 'SeriesInstanceUID', 'Modality'];

/**
 * Google Cloud Healthcare API, by its DICOM conformance statement. Few keys, matched exactly, a range of StudyDate apart;
 * no counts and no ModalitiesInStudy; large sequences are missing from metadata.
 */
export const google: Profile = {
  asOf: writtenOn,
  capabilities: {
    uidListMatching: false,
    rootSeriesSearch: true,
    rootInstanceSearch: true,
    includeField: true,
    fuzzyMatching: true,
    relatedCounts: false,
    matchableKeys: { study: studyKeys, series: seriesKeys, instance: [...seriesKeys, 'SOPInstanceUID'] },
    wildcardMatching: false,
    caseInsensitiveMatching: false, // not documented
    maxSearchLimit: 5_000, // instances: 50,000
    metadataOmits: ['SQ'],
    thumbnails: false,
    representations: ['NATIVE', 'FRAMES', 'RENDERED', 'BULKDATA', 'METADATA'],
    renderedFormats: ['image/jpeg', 'image/png'],
    renderingParameters: ['viewport'],
  },
};
