import { type Profile, syntaxes, writtenOn } from './profile.ts';

const studyKeys: readonly string[] = [
  'StudyInstanceUID',
  'PatientName',
  'PatientID',
  'AccessionNumber',
  'ReferringPhysicianName',
  'StudyDate',
];
const seriesKeys: readonly string[] = [...studyKeys, 'SeriesInstanceUID', 'Modality'];

/** What is compressed, and can be made or decoded. */
const codecs: readonly string[] = [
  ...['.4.50', '.4.51', '.4.57', '.4.70', '.4.80', '.4.81', '.4.90', '.4.91', '.4.110', '.4.112'],
  ...['.4.201', '.4.202', '.4.203', '.5', '.8.1'],
];

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
    nativeSyntaxes: syntaxes('', '.1', '.1.99', '.4.111', ...codecs),
    frameSyntaxes: syntaxes('.1', ...codecs),
    convertedSyntaxes: syntaxes('', '.1', '.1.99', '.2', '.4.111', ...codecs),
  },
};
