/** What PS3.6 says of one tag. */
export interface Correction {
  readonly keyword?: string;
  readonly vr?: readonly string[];
  readonly vm?: string;
}

/**
 * Where the dictionary of dcmjs 0.52 departs from PS3.6, as the tables of pydicom 3.0 show it, which are generated from
 * the standard: rows that it lacks, keywords with a letter missing, attributes that became sequences.
 */
export const corrections: Readonly<Record<string, Correction>> = {
  '00020026': { keyword: 'SourcePresentationAddress', vr: ['UR'], vm: '1' },
  '00020027': { keyword: 'SendingPresentationAddress', vr: ['UR'], vm: '1' },
  '00020028': { keyword: 'ReceivingPresentationAddress', vr: ['UR'], vm: '1' },
  '00020031': { keyword: 'RTVMetaInformationVersion', vr: ['OB'], vm: '1' },
  '00020032': { keyword: 'RTVCommunicationSOPClassUID', vr: ['UI'], vm: '1' },
  '00020033': { keyword: 'RTVCommunicationSOPInstanceUID', vr: ['UI'], vm: '1' },
  '00020035': { keyword: 'RTVSourceIdentifier', vr: ['OB'], vm: '1' },
  '00020036': { keyword: 'RTVFlowIdentifier', vr: ['OB'], vm: '1' },
  '00020037': { keyword: 'RTVFlowRTPSamplingRate', vr: ['UL'], vm: '1' },
  '00020038': { keyword: 'RTVFlowActualFrameDuration', vr: ['FD'], vm: '1' },
  '00089007': { vm: '4-5' }, // FrameType
  '00140023': { vm: '1' }, // CADFileFormat
  '00140024': { vm: '1' }, // ComponentReferenceSystem
  '00140025': { vm: '1' }, // ComponentManufacturingProcedure
  '00140028': { vm: '1' }, // ComponentManufacturer
  '00140042': { vm: '1' }, // MaterialGrade
  '00140044': { vm: '1' }, // MaterialPropertiesDescription
  '00140045': { vm: '1' }, // MaterialPropertiesFileFormatRetired
  '001440A0': { vm: '1-n' }, // ImageQualityIndicatorType
  '001440A1': { vm: '1-n' }, // ImageQualityIndicatorMaterial
  '001440A2': { vm: '1-n' }, // ImageQualityIndicatorSize
  '00189323': { vm: '1-n' }, // ExposureModulationType
  '00221642': { keyword: 'NumberOfBscansPerFrame' },
  '00281200': { vr: ['US', 'SS', 'OW'] }, // GrayLookupTableData
  '0040A803': { keyword: 'NumberOfTableColumns' },
  '00620009': { vm: '1-n' }, // SegmentAlgorithmName
  '00660040': { vr: ['OL'], vm: '1' }, // LongPrimitivePointIndexList
  '00660041': { vr: ['OL'], vm: '1' }, // LongTrianglePointIndexList
  '00660042': { vr: ['OL'], vm: '1' }, // LongEdgePointIndexList
  '00660043': { vr: ['OL'], vm: '1' }, // LongVertexPointIndexList
  '006862F0': { keyword: 'ViewOrientationModifierCodeSequence', vr: ['SQ'], vm: '1' },
  '00701305': { keyword: 'Plane' },
  '00701306': { keyword: 'PlaneNormal' },
  '0070150C': { vr: ['UL'] }, // NumberOfVolumetricCurvePoints
  '00760034': { vr: ['SQ'] }, // ComponentTypeCodeSequence
  '00800010': { vm: '1' }, // UValueData
  '00800011': { vm: '1' }, // VValueData
  '300A0131': { keyword: 'AverageBeamDosePointSourceToExternalContourDistance' },
  '40101029': { keyword: 'ThreatDetectionAlgorithmAndVersion' },
};

/** Retired in PS3.6, not marked so in dcmjs. */
export const retired: ReadonlySet<string> = new Set([
  '00082229', // AnatomicStructureSpaceOrRegionSequence
  '00101000', // OtherPatientIDs
  '00101090', // MedicalRecordLocator
  '00189324', // EstimatedDoseSaving
  '00380004', // ReferencedPatientAliasSequence
  '00400300', // TotalTimeOfFluoroscopy
  '00400301', // TotalNumberOfExposures
  '0040030E', // ExposureDoseSequence
  '00404007', // PerformedProcessingApplicationsCodeSequence
  '00404020', // InputAvailabilityFlag
  '0040A136', // ReferencedFrameNumbers
  '00480200', // ReferencedImageNavigationSequence
  '00480201', // TopLeftHandCornerOfLocalizerArea
  '00480202', // BottomRightHandCornerOfLocalizerArea
  '00660023', // TrianglePointIndexList
  '00660024', // EdgePointIndexList
  '00660025', // VertexPointIndexList
  '00660029', // PrimitivePointIndexList
  '00701206', // CompositingMethod
  '00701807', // WeightingLookupTableDescriptor
  '00701808', // WeightingLookupTableData
  '30040010', // RTDoseROISequence
  '30040012', // DoseValue
  '30060044', // ContourSlabThickness
  '30060045', // ContourOffsetVector
  '30060049', // AttachedContours
  '30060085', // ROIObservationLabel
  '30060088', // ROIObservationDescription
  '300600B9', // AdditionalRTROIIdentificationCodeSequence
  '3008002B', // TreatmentTerminationCode
  '300A000B', // TreatmentSites
  '300A0082', // BeamDoseSpecificationPoint
  '300A008D', // AverageBeamDosePointDepth
  '300A008E', // AverageBeamDosePointEquivalentDepth
  '300A008F', // AverageBeamDosePointSSD
  '300A0632', // ReferencedRTPatientSetupSequence
  '300A0650', // PatientSetupUID
  '30100090', // RoboticBaseLocationIndicator
]);

/** Marked as retired in dcmjs, in use by PS3.6. */
export const inUse: ReadonlySet<string> = new Set([
  '21000140', // DestinationAE
  '213000A0', // ProposedStudySequence
  '213000C0', // OriginalImageSequence
  '300A0088', // BeamDosePointDepth
  '300A0089', // BeamDosePointEquivalentDepth
  '300A008A', // BeamDosePointSSD
]);
