import { tagOf } from '../../dicom/dictionary.ts';
import { sopClassType } from '../../dicom/sop-class.ts';
import type { AnyNode, InstanceNode } from '../../planner/nodes.ts';
import { builder } from '../builder.ts';
import { encodeGlobalId } from '../global-id.ts';

const sopClassUID = tagOf('SOPClassUID');

/** The concrete type of an instance: its SOP Class decides, which a row nearly always tells. */
export async function instanceTypeOf(node: InstanceNode): Promise<string> {
  return sopClassType((await node.read(sopClassUID)).text(sopClassUID));
}

/** Objects that `node(id:)` finds again. */
export const NodeInterface = builder.interfaceRef<AnyNode>('Node').implement({
  description: 'An object with an id that finds it again (GraphQL Global Object Identification).',
  resolveType: (node) => {
    if (node.level === 'instance') return instanceTypeOf(node);
    return node.level === 'study' ? 'Study' : 'Series';
  },
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque; for node(id:).',
      resolve: (node) => {
        const origin = node.loaders.origin.id;
        const { study } = node;
        if (node.level === 'study') return encodeGlobalId({ type: 'Study', origin, study });
        if (node.level === 'series') return encodeGlobalId({ type: 'Series', origin, study, series: node.series });
        return encodeGlobalId({ type: 'Instance', origin, study, series: node.series, instance: node.instance });
      },
    }),
  }),
});
