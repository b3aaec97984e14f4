import type { DataSet } from '../../../dicom/data-set.ts';
import { tagOf } from '../../../dicom/dictionary.ts';
import { contourCountOf, readRois, roiColorOf, type StructureSetRoi } from '../../../dicom/structure-set.ts';
import type { FieldDeclaration } from '../../../planner/declaration.ts';
import type { InstanceNode } from '../../../planner/nodes.ts';
import { builder } from '../../builder.ts';
import { ItemNode } from '../../item-node.ts';
import { CodedConcept } from '../coded-concept.ts';
import { instanceTypes } from '../instance-types.ts';
import { RGBColor } from './rgb-color.ts';

const sequences = ['StructureSetROISequence', 'ROIContourSequence', 'RTROIObservationsSequence'].map(tagOf);
const roiSequence = tagOf('StructureSetROISequence');
const interpretedType = tagOf('RTROIInterpretedType');
const identification = tagOf('RTROIIdentificationCodeSequence');

/** An item of StructureSetROISequence, with what the other two sequences say of it. */
class RoiNode extends ItemNode {
  readonly all: StructureSetRoi;

  constructor(all: StructureSetRoi, instance: InstanceNode) {
    super(all.roi, [{ tag: roiSequence, item: all.index }], instance);
    this.all = all;
  }
}

const conceptIn = (dataSet: DataSet | null): { readonly dataSet: DataSet } | null => {
  const [item] = dataSet?.items(identification) ?? [];
  return item ? { dataSet: item } : null;
};

const RTROI = builder.objectRef<RoiNode>('RTROI').implement({
  description: 'A region of interest (PS3.3 §C.8.8.5), with its contours and observations in brief.',
  fields: (t) => ({
    number: t.attribute('ROINumber'),
    name: t.attribute('ROIName'),
    description: t.attribute('ROIDescription'),
    generationAlgorithm: t.attribute('ROIGenerationAlgorithm', { description: 'AUTOMATIC, SEMIAUTOMATIC or MANUAL.' }),
    color: t.field({
      type: RGBColor,
      description: 'ROI Display Color (3006,002A). Null: none, or not three values from 0 to 255.',
      resolve: ({ all }) => roiColorOf(all),
    }),
    contourCount: t.int({
      nullable: false,
      description:
        'Items of its Contour Sequence (3006,0040); their points are at attribute(path) of the structure set.',
      resolve: ({ all }) => contourCountOf(all),
    }),
    interpretedType: t.string({
      description: 'RT ROI Interpreted Type (3006,00A4): PTV, CTV, ORGAN, EXTERNAL...',
      resolve: ({ all }) => all.observation?.text(interpretedType) ?? null,
    }),
    identification: t.field({
      type: CodedConcept,
      description: 'RT ROI Identification Code Sequence (3006,0086): what it is.',
      resolve: ({ all }) => conceptIn(all.observation),
    }),
  }),
});

builder.objectFields(instanceTypes.RTStructureSet, (t) => ({
  structureSetLabel: t.attribute('StructureSetLabel'),
  structureSetDate: t.attribute('StructureSetDate'),
  rois: t.field({
    type: [RTROI],
    nullable: { list: true, items: false },
    description: 'Structure Set ROI Sequence (3006,0020), in its order. Null: no regions.',
    extensions: { dicom: { reads: sequences, enters: 'inside' } satisfies FieldDeclaration },
    resolve: async (node) => {
      const rois = readRois(await node.metadata());
      return rois.length === 0 ? null : rois.map((roi) => new RoiNode(roi, node));
    },
  }),
}));
