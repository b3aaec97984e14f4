import type { Uid } from '../dicom/uid.ts';
import { phantomUid } from './phantom-uid.ts';

/** Nobody: these people are made up. */
export interface PhantomPatient {
  readonly patientID: string;
  /** As (0010,0010) holds it, in up to three groups. */
  readonly patientName: string;
  /** yyyymmdd. */
  readonly patientBirthDate: string;
  readonly patientSex: 'F' | 'M' | 'O';
  readonly patientSizeM: number;
  readonly patientWeightKg: number;
}

export interface PhantomStudyFacts {
  readonly patient: PhantomPatient;
  /** Specific Character Set (0008,0005) of every file of the study. */
  readonly characterSets: readonly string[];
  /** yyyymmdd and hhmmss. */
  readonly studyDate: string;
  readonly studyTime: string;
  readonly timezone: string;
  readonly studyID: string;
  readonly accessionNumber: string;
  readonly studyDescription: string;
  readonly referringPhysicianName: string;
  readonly performingPhysicianName: string;
  readonly reason: string;
}

export interface PhantomSeriesFacts {
  readonly seriesNumber: number;
  readonly modality: string;
  readonly sopClassUID: string;
  readonly seriesDescription: string;
  readonly protocolName: string;
  readonly bodyPartExamined: string;
  /** Only for one of a pair of body parts. */
  readonly laterality?: 'L' | 'R';
  /** Begins so many minutes after the study. */
  readonly minutes: number;
  readonly instanceCount: number;
  /** Frames of each instance; 0 without pixels. */
  readonly frameCount: number;
}

export interface PhantomSeries extends PhantomSeriesFacts {
  readonly seriesInstanceUID: Uid;
  /** By Instance Number: that of instance 1 comes first. */
  readonly sopInstanceUIDs: readonly Uid[];
}

export interface PhantomStudy<SeriesKey extends string = string> extends PhantomStudyFacts {
  readonly studyInstanceUID: Uid;
  readonly series: Readonly<Record<SeriesKey, PhantomSeries>>;
}

/** Gives a study, its series and its instances their UIDs, which follow from the names given here. */
export function defineStudy<SeriesKey extends string>(
  name: string,
  facts: PhantomStudyFacts,
  series: Readonly<Record<SeriesKey, PhantomSeriesFacts>>,
): PhantomStudy<SeriesKey> {
  const complete = Object.entries<PhantomSeriesFacts>(series).map(([key, one]): [string, PhantomSeries] => [
    key,
    {
      ...one,
      seriesInstanceUID: phantomUid(`${name}/${key}`),
      sopInstanceUIDs: Array.from({ length: one.instanceCount }, (_, i) => phantomUid(`${name}/${key}/${i + 1}`)),
    },
  ]);
  return {
    ...facts,
    studyInstanceUID: phantomUid(name),
    series: Object.fromEntries(complete) as Record<SeriesKey, PhantomSeries>,
  };
}
