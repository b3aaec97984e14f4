import type { Uid } from '../dicom/uid.ts';

export interface StudyRef {
  readonly study: Uid;
}
export interface SeriesRef extends StudyRef {
  readonly series: Uid;
}
export interface InstanceRef extends SeriesRef {
  readonly instance: Uid;
}

/** A study, series or instance: as far down as UIDs are given. */
export interface ObjectRef extends StudyRef {
  readonly series?: Uid;
  readonly instance?: Uid;
}

/** Path of an object below the base of the service (PS3.18 §10.4.1.1). UIDs hold nothing that needs an escape. */
export function resourcePath(ref: ObjectRef): string {
  let path = `/studies/${ref.study}`;
  if (ref.series !== undefined) path += `/series/${ref.series}`;
  if (ref.instance !== undefined) {
    if (ref.series === undefined) throw new TypeError('An instance is named with its series');
    path += `/instances/${ref.instance}`;
  }
  return path;
}
