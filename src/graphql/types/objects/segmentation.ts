import { cieLabToRgb, decodeCieLab } from '../../../dicom/cielab.ts';
import { tagOf } from '../../../dicom/dictionary.ts';
import { framesOfSegment } from '../../../dicom/segment.ts';
import { builder } from '../../builder.ts';
import type { ItemNode } from '../../item-node.ts';
import { instanceTypes } from '../instance-types.ts';
import { RGBColor } from './rgb-color.ts';

const displayColor = tagOf('RecommendedDisplayCIELabValue');
const segmentNumber = tagOf('SegmentNumber');

const Segment = builder.objectRef<ItemNode>('Segment').implement({
  description: 'One segment of a segmentation (PS3.3 §C.8.20.4).',
  fields: (t) => ({
    number: t.attribute('SegmentNumber', { description: 'From 1; in a label map the pixel value.' }),
    label: t.attribute('SegmentLabel'),
    description: t.attribute('SegmentDescription'),
    algorithmType: t.attribute('SegmentAlgorithmType', { description: 'AUTOMATIC, SEMIAUTOMATIC or MANUAL.' }),
    algorithmName: t.attribute('SegmentAlgorithmName'),
    category: t.concept('SegmentedPropertyCategoryCodeSequence', { description: 'Tissue, morphologic abnormality...' }),
    type: t.concept('SegmentedPropertyTypeCodeSequence', { description: 'Liver, nodule...' }),
    anatomicRegion: t.concept('AnatomicRegionSequence', { description: 'Where it is, if type does not say it.' }),
    trackingID: t.attribute('TrackingID', { description: 'What it is called over time, and in reports.' }),
    trackingUID: t.attribute('TrackingUID', { description: 'The same in reports of its measurements.' }),
    displayColor: t.field({
      type: RGBColor,
      description:
        'Recommended Display CIELab Value (0062,000D), converted to sRGB from the D50 of PS3.3 §C.10.7.1.1. Null: none recommended.',
      resolve: ({ dataSet }) => {
        const lab = decodeCieLab(dataSet.numbers(displayColor));
        return lab && cieLabToRgb(lab);
      },
    }),
    frameNumbers: t.intList({
      nullable: { list: true, items: false },
      description:
        'Frames of the segmentation that show it, from 1: by Referenced Segment Number (0062,000B). Null: a label map, whose frames show all segments.',
      resolve: async ({ dataSet, instance }) => {
        const number = dataSet.integer(segmentNumber);
        return instance && number !== null ? framesOfSegment(await instance.metadata(), number) : null;
      },
    }),
  }),
});

builder.objectFields(instanceTypes.Segmentation, (t) => ({
  segmentationType: t.attribute('SegmentationType', { description: 'BINARY, FRACTIONAL or LABELMAP.' }),
  fractionalType: t.attribute('SegmentationFractionalType', { description: 'PROBABILITY or OCCUPANCY.' }),
  maximumFractionalValue: t.attribute('MaximumFractionalValue', { description: 'The pixel value that means 1.' }),
  contentLabel: t.attribute('ContentLabel'),
  contentDescription: t.attribute('ContentDescription'),
  segments: t.items('SegmentSequence', Segment, { description: 'In the order of the data set.' }),
}));
