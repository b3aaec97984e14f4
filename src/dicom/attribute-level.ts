import { tagOf } from './dictionary.ts';
import type { Tag } from './tag.ts';

/** Of the objects that DICOMweb knows; patients are no objects of their own, but part of each study. */
export type AttributeLevel = 'study' | 'series' | 'instance';

const keywords = (text: string): ReadonlySet<Tag> => new Set(text.split(/\s+/u).filter(Boolean).map(tagOf));

/**
 * Attributes that are the same in every instance of a study: those of the Patient, General Study, Patient Study, Clinical
 * Trial Subject and Clinical Trial Study Modules that origins are asked for (PS3.3 C.7.1, C.7.2), and what QIDO-RS counts (PS3.18 Table 10.6.3-3).
 */
const studyTags = keywords(`
  PatientName PatientID IssuerOfPatientID PatientBirthDate PatientBirthTime PatientSex OtherPatientNames EthnicGroup
  PatientComments PatientSpeciesDescription PatientBreedDescription ResponsiblePerson ResponsiblePersonRole
  ResponsibleOrganization PatientIdentityRemoved DeidentificationMethod QualityControlSubject
  ClinicalTrialSponsorName ClinicalTrialProtocolID ClinicalTrialProtocolName ClinicalTrialSiteID ClinicalTrialSiteName
  ClinicalTrialSubjectID ClinicalTrialSubjectReadingID ClinicalTrialTimePointID ClinicalTrialTimePointDescription
  StudyInstanceUID StudyDate StudyTime ReferringPhysicianName StudyID AccessionNumber StudyDescription
  RequestingService ConsultingPhysicianName PhysiciansOfRecord NameOfPhysiciansReadingStudy AdmittingDiagnosesDescription PatientAge
  PatientSize PatientWeight Occupation AdditionalPatientHistory AdmissionID PatientSexNeutered ReasonForVisit
  ModalitiesInStudy SOPClassesInStudy NumberOfStudyRelatedSeries NumberOfStudyRelatedInstances
`);

/**
 * Attributes that are the same in every instance of a series: General Series, Clinical Trial Series and General Equipment
 * Modules (PS3.3 C.7.3.1, C.7.3.2, C.7.5.1), and what QIDO-RS counts (PS3.18 Table 10.6.3-4).
 */
const seriesTags = keywords(`
  Modality SeriesInstanceUID SeriesNumber Laterality SeriesDate SeriesTime PerformingPhysicianName ProtocolName
  SeriesDescription OperatorsName BodyPartExamined PatientPosition SmallestPixelValueInSeries LargestPixelValueInSeries
  PerformedProcedureStepID PerformedProcedureStepStartDate PerformedProcedureStepStartTime
  PerformedProcedureStepDescription CommentsOnThePerformedProcedureStep Manufacturer InstitutionName InstitutionAddress
  StationName InstitutionalDepartmentName ManufacturerModelName DeviceSerialNumber SoftwareVersions GantryID
  ClinicalTrialCoordinatingCenterName ClinicalTrialSeriesID ClinicalTrialSeriesDescription
  RequestAttributesSequence NumberOfSeriesRelatedInstances
`);

/** How far down a level is: a study is on top. */
export const levelDepth: Readonly<Record<AttributeLevel, number>> = { study: 0, series: 1, instance: 2 };

/** The highest level at which an attribute is one value: where a search can match it and where one row tells it. */
export function levelOfAttribute(tag: Tag): AttributeLevel {
  // Groups 0010 and 0038 hold patient and visit alone; those that a study records differently are in the lists above.
  if (studyTags.has(tag) || tag.startsWith('0010') || tag.startsWith('0038')) return 'study';
  return seriesTags.has(tag) ? 'series' : 'instance';
}
