import { builder } from '../../builder.ts';
import type { ItemNode } from '../../item-node.ts';

export const LookupTable = builder.objectRef<ItemNode>('LookupTable').implement({
  description: 'A modality or VOI LUT (PS3.3 §C.11.1, §C.11.2). Its data is a link of retrieve.bulkData.',
  fields: (t) => ({
    lutDescriptor: t.attribute('LUTDescriptor', {
      description: 'Entries (0: 65536), first stored value mapped, bits of an entry.',
    }),
    lutExplanation: t.attribute('LUTExplanation'),
    modalityLUTType: t.attribute('ModalityLUTType', { description: 'Of a modality LUT: HU, OD, US (unspecified).' }),
  }),
});
