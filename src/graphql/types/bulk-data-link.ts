import { type AttributePath, formatAttributePath } from '../../dicom/attribute-path.ts';
import type { Element } from '../../dicom/data-set.ts';
import { entryOfTag } from '../../dicom/dictionary.ts';
import type { InstanceNode } from '../../planner/nodes.ts';
import { builder } from '../builder.ts';
import { linkBulkData } from '../bulk-data.ts';
import { SignedUrl } from './signed-url.ts';

export interface BulkDataModel {
  readonly instance: InstanceNode;
  readonly path: AttributePath;
  readonly element: Element & { kind: 'binary' };
}

export const BulkDataLink = builder.objectRef<BulkDataModel>('BulkDataLink').implement({
  description: 'A binary attribute, as a link.',
  fields: (t) => ({
    path: t.string({
      nullable: false,
      description: 'As for attribute.',
      resolve: ({ path }) => formatAttributePath(path),
    }),
    tag: t.field({
      type: 'Tag',
      nullable: false,
      description: 'Group and element.',
      resolve: ({ element }) => element.tag,
    }),
    keyword: t.string({
      description: 'Keyword of PS3.6. Null: a private attribute.',
      resolve: ({ element }) => entryOfTag(element.tag)?.keyword ?? null,
    }),
    vr: t.string({ nullable: false, description: 'Value representation.', resolve: ({ element }) => element.vr }),
    link: t.field({
      type: SignedUrl,
      scope: 'native',
      description: 'Its bytes, in little endian.',
      resolve: ({ instance, path, element }, _args, context) => linkBulkData(context, instance, path, element),
    }),
  }),
});
