import type { InstanceNode } from '../../planner/nodes.ts';
import { builder } from '../builder.ts';
import { DicomObject } from './dicom-object.ts';
import { InstanceRef } from './instance-connection.ts';
import { instanceTypeOf, NodeInterface } from './node.ts';

/** What images have in common comes with the modules (types/modules/). */
export const ImageInstance = builder.interfaceRef<InstanceNode>('ImageInstance').implement({
  description:
    'An instance of an image SOP Class. Its modules are always there, and hold null for what the instance does not tell. Of an enhanced image they hold what all its frames share; what differs is in multiFrame.frames.',
  interfaces: [InstanceRef, NodeInterface, DicomObject],
  resolveType: instanceTypeOf,
});
