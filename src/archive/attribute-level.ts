import { tagOf } from '../dicom/dictionary.ts';
import type { Tag } from '../dicom/tag.ts';

/** From the top: a study has series, a series has instances. */
export type Level = 'study' | 'series' | 'instance';

const rank: Readonly<Record<Level, number>> = { study: 0, series: 1, instance: 2 };

export const isAbove = (a: Level, b: Level): boolean => rank[a] < rank[b];

const tags = (keywords: string): ReadonlySet<Tag> => new Set(keywords.trim().split(/\s+/).map(tagOf));

/**
 * Attributes of the Patient, Clinical Trial Subject, General Study, Patient Study and Clinical Trial Study Modules
 * (PS3.3 §C.7.1, §C.7.2), and those that QIDO-RS computes for a study (PS3.4 §C.3.4).
 */
const studyTags = tags(`
  PatientName PatientID IssuerOfPatientID IssuerOfPatientIDQualifiersSequence TypeOfPatientID PatientBirthDate
  PatientBirthTime PatientSex QualityControlSubject ReferencedPatientSequence OtherPatientIDs OtherPatientIDsSequence
  OtherPatientNames EthnicGroup PatientComments PatientSpeciesDescription PatientSpeciesCodeSequence
  PatientBreedDescription PatientBreedCodeSequence BreedRegistrationSequence StrainDescription StrainNomenclature
  ResponsiblePerson ResponsiblePersonRole ResponsibleOrganization PatientIdentityRemoved DeidentificationMethod
  DeidentificationMethodCodeSequence PatientBirthName PatientMotherBirthName PatientAddress PatientTelephoneNumbers
  CountryOfResidence RegionOfResidence MilitaryRank BranchOfService PatientReligiousPreference
  ClinicalTrialSponsorName ClinicalTrialProtocolID ClinicalTrialProtocolName ClinicalTrialSiteID ClinicalTrialSiteName
  ClinicalTrialSubjectID ClinicalTrialSubjectReadingID ClinicalTrialTimePointID ClinicalTrialTimePointDescription
  ConsentForClinicalTrialUseSequence
  StudyInstanceUID StudyDate StudyTime ReferringPhysicianName ReferringPhysicianIdentificationSequence
  ConsultingPhysicianName ConsultingPhysicianIdentificationSequence StudyID AccessionNumber
  IssuerOfAccessionNumberSequence StudyDescription PhysiciansOfRecord PhysiciansOfRecordIdentificationSequence
  NameOfPhysiciansReadingStudy PhysiciansReadingStudyIdentificationSequence RequestingService
  RequestingServiceCodeSequence
  ReferencedStudySequence ProcedureCodeSequence ReasonForPerformedProcedureCodeSequence
  AdmittingDiagnosesDescription AdmittingDiagnosesCodeSequence PatientAge PatientSize PatientWeight
  PatientBodyMassIndex MeasuredAPDimension MeasuredLateralDimension PatientSizeCodeSequence MedicalAlerts Allergies
  SmokingStatus PregnancyStatus LastMenstrualDate PatientState Occupation AdditionalPatientHistory AdmissionID
  IssuerOfAdmissionIDSequence ServiceEpisodeID IssuerOfServiceEpisodeIDSequence ServiceEpisodeDescription
  PatientSexNeutered ReasonForVisit
  ModalitiesInStudy SOPClassesInStudy NumberOfStudyRelatedSeries NumberOfStudyRelatedInstances
`);

/** Attributes of the General Series, Clinical Trial Series, Frame of Reference and General Equipment Modules (PS3.3 §C.7.3 to §C.7.5). */
const seriesTags = tags(`
  Modality SeriesInstanceUID SeriesNumber Laterality SeriesDate SeriesTime PerformingPhysicianName
  PerformingPhysicianIdentificationSequence ProtocolName SeriesDescription SeriesDescriptionCodeSequence OperatorsName
  OperatorIdentificationSequence ReferencedPerformedProcedureStepSequence RelatedSeriesSequence BodyPartExamined
  PatientPosition SmallestPixelValueInSeries LargestPixelValueInSeries RequestAttributesSequence
  PerformedProcedureStepID PerformedProcedureStepStartDate PerformedProcedureStepStartTime
  PerformedProcedureStepEndDate PerformedProcedureStepEndTime PerformedProcedureStepDescription
  PerformedProtocolCodeSequence CommentsOnThePerformedProcedureStep AnatomicalOrientationType TreatmentSessionUID
  ClinicalTrialCoordinatingCenterName ClinicalTrialSeriesID ClinicalTrialSeriesDescription
  FrameOfReferenceUID PositionReferenceIndicator SynchronizationFrameOfReferenceUID SynchronizationTrigger
  Manufacturer InstitutionName InstitutionAddress StationName InstitutionalDepartmentName ManufacturerModelName
  DeviceSerialNumber SoftwareVersions GantryID DeviceUID SpatialResolution DateOfLastCalibration TimeOfLastCalibration
  NumberOfSeriesRelatedInstances
`);

/** The level whose row tells an attribute. What no module above the instance claims is the instance's own. */
export function levelOf(tag: Tag): Level {
  if (studyTags.has(tag)) return 'study';
  return seriesTags.has(tag) ? 'series' : 'instance';
}

/** Told at every level: how values are encoded, and which offset from UTC they mean. */
export const everyLevel = tags('SpecificCharacterSet TimezoneOffsetFromUTC');

/**
 * What a row always holds, empty where the object lacks it.
 *
 * @see PS3.18 Tables 10.6.3-3, 10.6.3-4, 10.6.3-5
 */
export const alwaysReturned: Readonly<Record<Level, ReadonlySet<Tag>>> = {
  study: tags(`
    StudyDate StudyTime AccessionNumber ModalitiesInStudy ReferringPhysicianName PatientName PatientID PatientBirthDate
    PatientSex StudyInstanceUID StudyID NumberOfStudyRelatedSeries NumberOfStudyRelatedInstances
  `),
  series: tags('Modality SeriesInstanceUID SeriesNumber NumberOfSeriesRelatedInstances'),
  instance: tags('SOPClassUID SOPInstanceUID InstanceNumber'),
};

/** Type C of the same tables, and what clients of archives expect there. */
const returnedIfKnown: Readonly<Record<Level, ReadonlySet<Tag>>> = {
  study: tags('SpecificCharacterSet TimezoneOffsetFromUTC InstanceAvailability StudyDescription'),
  series: tags(`
    SpecificCharacterSet TimezoneOffsetFromUTC SeriesDescription PerformedProcedureStepStartDate
    PerformedProcedureStepStartTime RequestAttributesSequence
  `),
  instance: tags(`
    SpecificCharacterSet TimezoneOffsetFromUTC InstanceAvailability Rows Columns BitsAllocated NumberOfFrames
    AvailableTransferSyntaxUID
  `),
};

/** What a row holds at each level without being asked for it. */
export const rowTags: Readonly<Record<Level, ReadonlySet<Tag>>> = {
  study: new Set([...alwaysReturned.study, ...returnedIfKnown.study]),
  series: new Set([...alwaysReturned.series, ...returnedIfKnown.series]),
  instance: new Set([...alwaysReturned.instance, ...returnedIfKnown.instance]),
};
