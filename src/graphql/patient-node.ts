import type { DataSet } from '../dicom/data-set.ts';
import type { Tag } from '../dicom/tag.ts';
import type { StudyNode } from '../planner/nodes.ts';

/** The patient as one study records it: patient attributes belong to the study level of QIDO-RS. */
export class PatientNode {
  readonly level = 'study';
  readonly study: StudyNode;

  constructor(study: StudyNode) {
    this.study = study;
  }

  read(tag: Tag): DataSet | Promise<DataSet> {
    return this.study.read(tag);
  }
}
