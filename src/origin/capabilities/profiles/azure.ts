import { type Profile, syntaxes } from './profile.ts';

const studyKeys: readonly string[] = [
  'StudyInstanceUID',
  'PatientName',
  'PatientID',
  'PatientBirthDate',
  'AccessionNumber',
  'ReferringPhysicianName',
  'StudyDate',
  'StudyDescription',
  'ModalitiesInStudy',
];
const seriesKeys: readonly string[] = [
  ...studyKeys,
  'SeriesInstanceUID',
  'Modality',
  'PerformedProcedureStepStartDate',
  'ManufacturerModelName',
];

/**
 * Azure Health Data Services, DICOM service v2, by its conformance statement. A limit above 200 is refused, as is a key that
 * is not among the fourteen; there are no wildcards. Metadata has no attribute of a binary VR.
 */
export const azure: Profile = {
  asOf: new Date('2025-07-15'),
  capabilities: {
    uidListMatching: false, // not documented
    rootSeriesSearch: true,
    rootInstanceSearch: true,
    includeField: true,
    fuzzyMatching: true,
    matchableKeys: { study: studyKeys, series: seriesKeys, instance: [...seriesKeys, 'SOPInstanceUID'] },
    wildcardMatching: false,
    caseInsensitiveMatching: false, // not documented
    maxSearchLimit: 200,
    metadataOmits: ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN'],
    thumbnails: false,
    representations: ['NATIVE', 'FRAMES', 'RENDERED', 'METADATA'],
    renderedFormats: ['image/jpeg', 'image/png'],
    renderingParameters: ['quality'],
    nativeSyntaxes: syntaxes('.1', '.4.90'),
    frameSyntaxes: syntaxes('.1', '.4.90'),
    convertedSyntaxes: syntaxes('', '.1', '.2', '.4.50', '.4.57', '.4.70', '.4.90', '.4.91', '.5'),
  },
};
