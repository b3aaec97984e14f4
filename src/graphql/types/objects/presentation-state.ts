import { tagOf } from '../../../dicom/dictionary.ts';
import { builder } from '../../builder.ts';
import type { ItemNode } from '../../item-node.ts';
import { referenceOfItem } from '../../item-reference.ts';
import { instanceTypes } from '../instance-types.ts';
import { VoiLut } from '../modules/voi-lut.ts';
import { ReferencedInstance } from '../referenced-instance.ts';

const referencedImages = tagOf('ReferencedImageSequence');

const SoftcopyVoiLut = builder.objectRef<ItemNode>('SoftcopyVoiLut').implement({
  description: 'What to show of the values of some images: an item of the Softcopy VOI LUT Module (PS3.3 §C.11.8).',
  fields: (t) => ({
    voiLut: t.field({
      type: VoiLut,
      nullable: false,
      description: 'Windows and tables.',
      resolve: (item) => item,
    }),
    referencedImages: t.field({
      type: [ReferencedInstance],
      nullable: { list: true, items: false },
      description: 'Referenced Image Sequence (0008,1140). Null: every image of the presentation state.',
      resolve: async ({ dataSet, instance }) => {
        const images = dataSet.items(referencedImages);
        if (instance === null || images.length === 0) return null;
        const metadata = await instance.metadata();
        return images.flatMap((image) => referenceOfItem(instance, metadata, image) ?? []);
      },
    }),
  }),
});

builder.objectFields(instanceTypes.PresentationState, (t) => ({
  contentLabel: t.attribute('ContentLabel'),
  contentDescription: t.attribute('ContentDescription'),
  presentationCreationDate: t.attribute('PresentationCreationDate'),
  presentationCreationTime: t.attribute('PresentationCreationTime'),
  presentationLUTShape: t.attribute('PresentationLUTShape', { description: 'IDENTITY or INVERSE.' }),
  voiLuts: t.items('SoftcopyVOILUTSequence', SoftcopyVoiLut, {
    description: 'The images that they are for are in referencedInstances too.',
  }),
}));
