import type { GraphQLResolveInfo } from 'graphql';
import { readNeed } from '../../planner/need.ts';
import type { AnyNode } from '../../planner/nodes.ts';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { type GlobalId, parseGlobalId } from '../global-id.ts';
import { checkLength, maxNodes } from '../limits.ts';
import { NodeInterface } from './node.ts';

function load(context: Context, id: GlobalId, info: GraphQLResolveInfo): Promise<AnyNode | null> {
  const loaders = context.loaders(id.origin);
  if (id.type === 'Study') return loaders.study(id.study, readNeed(info, 'study'));
  if (id.type === 'Series') return loaders.singleSeries(id.series, id.study, readNeed(info, 'series'));
  return loaders.singleInstance(id.instance, id.series, id.study, readNeed(info, 'instance'));
}

builder.queryFields((t) => ({
  node: t.field({
    type: NodeInterface,
    description: 'An object by its id. Null: its origin has it no more.',
    args: { id: t.arg.id({ required: true, description: 'An `id` that this service gave.' }) },
    resolve: (_root, { id }, context, info) => load(context, parseGlobalId(id, 'id'), info),
  }),
  nodes: t.field({
    type: [NodeInterface],
    nullable: { list: false, items: true },
    description: `Objects by their ids, in the same order: at most ${maxNodes}.`,
    args: { ids: t.arg.idList({ required: true, description: 'Each an `id` that this service gave.' }) },
    resolve: (_root, { ids }, context, info) => {
      checkLength(ids, maxNodes, 'ids');
      const parsed = ids.map((id, index) => parseGlobalId(id, `ids[${index}]`));
      return parsed.map((id) => load(context, id, info));
    },
  }),
}));
