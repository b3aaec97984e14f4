import type { InstanceNode } from '../../../planner/nodes.ts';
import { builder } from '../../builder.ts';
import { listFrames, maxDescribedFrames } from '../../frames.ts';
import type { ItemNode } from '../../item-node.ts';
import { maxFramesInAnswer } from '../../limits.ts';
import { frameCountOfNode, readsKind } from '../../retrieve.ts';
import { DicomObject } from '../dicom-object.ts';
import { FrameRef } from '../frame-ref.ts';
import { ImageInstance } from '../image-instance.ts';
import { instanceTypes } from '../instance-types.ts';
import { RealWorldValueMapping } from './real-world-value-mapping.ts';

FrameRef.implement({
  description:
    'One frame. Each attribute is of its own functional groups, else of the shared ones, else of the instance (PS3.3 §C.7.6.16): `attribute(path)` too, by keyword, without the sequences around it.',
  interfaces: [DicomObject],
  fields: (t) => ({
    number: t.exposeInt('number', { nullable: false, description: 'From 1, as in retrieve.frame.' }),
    frameType: t.attribute('FrameType'),
    frameAcquisitionDateTime: t.attribute('FrameAcquisitionDateTime'),
    frameReferenceDateTime: t.attribute('FrameReferenceDateTime'),
    frameAcquisitionDuration: t.attribute('FrameAcquisitionDuration'),
    frameComments: t.attribute('FrameComments'),
    stackID: t.attribute('StackID'),
    inStackPositionNumber: t.attribute('InStackPositionNumber', { description: 'From 1.' }),
    temporalPositionIndex: t.attribute('TemporalPositionIndex', { description: 'From 1.' }),
    dimensionIndexValues: t.attribute('DimensionIndexValues', {
      description: 'One for each of multiFrame.dimensions.',
    }),
    referencedSegmentNumber: t.attribute('ReferencedSegmentNumber', {
      description: 'The segment that the frame of a segmentation shows.',
      isSingle: true,
    }),
    realWorldValueMappings: t.items('RealWorldValueMappingSequence', RealWorldValueMapping),
  }),
});

const Dimension = builder.objectRef<ItemNode>('Dimension').implement({
  description: 'One of the indices by which frames are ordered: Multi-frame Dimension Module (PS3.3 §C.7.6.17).',
  fields: (t) => ({
    dimensionIndexPointer: t.attribute('DimensionIndexPointer', { description: 'The attribute that is indexed.' }),
    functionalGroupPointer: t.attribute('FunctionalGroupPointer', { description: 'The sequence that it stands in.' }),
    dimensionDescriptionLabel: t.attribute('DimensionDescriptionLabel'),
    dimensionOrganizationUID: t.attribute('DimensionOrganizationUID'),
  }),
});

const MultiFrame = builder.objectRef<InstanceNode>('MultiFrame').implement({
  description: 'The frames of an image, also of one that has a single one (PS3.3 §C.7.6.6, §C.7.6.16).',
  fields: (t) => ({
    numberOfFrames: t.int({
      description: '1 where Number of Frames (0028,0008) is absent; 0: no pixel data; null: not known.',
      extensions: { dicom: readsKind },
      resolve: frameCountOfNode,
    }),
    dimensionOrganizationType: t.attribute('DimensionOrganizationType', {
      description: '3D, 3D_TEMPORAL, TILED_FULL, TILED_SPARSE.',
    }),
    dimensions: t.items('DimensionIndexSequence', Dimension),
    frameTime: t.attribute('FrameTime', { description: 'From frame to frame.' }),
    cineRate: t.attribute('CineRate'),
    recommendedDisplayFrameRate: t.attribute('RecommendedDisplayFrameRate'),
    frames: t.field({
      type: [FrameRef],
      nullable: { list: true, items: false },
      description:
        'Frames in their order, or those of the numbers given. Several cost the metadata of the instance. Null: no pixel data, or their number is not known.',
      args: {
        first: t.arg.int({
          defaultValue: maxFramesInAnswer,
          description: `At most so many: 0 to ${maxDescribedFrames}.`,
        }),
        after: t.arg.int({ defaultValue: 0, description: 'The number of the frame before the first.' }),
        numbers: t.arg.intList({
          description: `From 1 to numberOfFrames, in any order; at most ${maxDescribedFrames}. first and after do not matter then.`,
        }),
      },
      extensions: { dicom: readsKind },
      resolve: listFrames,
    }),
  }),
});

const multiFrame = { type: MultiFrame, nullable: false, description: 'The frames, one by one.' } as const;
builder.interfaceFields(ImageInstance, (t) => ({ multiFrame: t.field({ ...multiFrame, resolve: (image) => image }) }));
builder.objectFields(instanceTypes.OtherInstance, (t) => ({
  multiFrame: t.field({ ...multiFrame, resolve: (instance) => instance }),
}));
