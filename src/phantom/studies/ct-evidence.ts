import { phantomCatalogue } from '../catalogue.ts';
import type { PhantomSeries } from '../catalogue-types.ts';
import type { PhantomDataSet } from '../part10/phantom-data-set.ts';

const study = phantomCatalogue.ctChest;

/** What reports of the study are made from, and for which request (PS3.3 §C.17.2). */
export function evidence(
  ...used: readonly (readonly [series: PhantomSeries, instances: readonly number[]])[]
): PhantomDataSet {
  return {
    ReferencedPerformedProcedureStepSequence: null,
    PerformedProcedureCodeSequence: null,
    CurrentRequestedProcedureEvidenceSequence: [
      {
        StudyInstanceUID: study.studyInstanceUID,
        ReferencedSeriesSequence: used.map(([series, instances]) => ({
          SeriesInstanceUID: series.seriesInstanceUID,
          ReferencedSOPSequence: instances.map((number) => referenceTo(series, number)),
        })),
      },
    ],
    ReferencedRequestSequence: [
      {
        StudyInstanceUID: study.studyInstanceUID,
        ReferencedStudySequence: null,
        AccessionNumber: study.accessionNumber,
        PlacerOrderNumberImagingServiceRequest: null,
        FillerOrderNumberImagingServiceRequest: null,
        RequestedProcedureID: `RP-${study.studyID}`,
        RequestedProcedureDescription: study.studyDescription,
        RequestedProcedureCodeSequence: null,
      },
    ],
  };
}

/** An instance of a series, by its number from 1. */
export const referenceTo = (series: PhantomSeries, number: number): PhantomDataSet => ({
  ReferencedSOPClassUID: series.sopClassUID,
  ReferencedSOPInstanceUID: series.sopInstanceUIDs[number - 1],
});
