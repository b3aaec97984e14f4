import type { GraphQLResolveInfo } from 'graphql';
import type { Level } from '../../origin/search.ts';
import { type Need, readNeed } from '../../planner/need.ts';
import type { AnyNode } from '../../planner/nodes.ts';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { type GlobalId, parseGlobalId } from '../global-id.ts';
import { checkLength, maxNodes } from '../limits.ts';
import { requireScope } from '../require-scope.ts';
import { NodeInterface } from './node.ts';

/** Objects of one kind share one need, so that they are looked up together. */
function createNodeLoader(context: Context, info: GraphQLResolveInfo): (id: GlobalId) => Promise<AnyNode | null> {
  const needs = new Map<Level, Need>();
  const needOf = (level: Level): Need => {
    const need = needs.get(level) ?? readNeed(info, level);
    needs.set(level, need);
    return need;
  };
  return async (id) => {
    const loaders = context.loaders(id.origin);
    if (id.type === 'Study') return loaders.study(id.study, needOf('study'));
    if (id.type === 'Series') return loaders.singleSeries(id.series, id.study, needOf('series'));
    return loaders.singleInstance(id.instance, id.series, id.study, needOf('instance'));
  };
}

builder.queryFields((t) => ({
  node: t.field({
    type: NodeInterface,
    scope: 'search',
    description: 'An object by its id. Null: its origin has it no more.',
    args: { id: t.arg.id({ required: true, description: 'An `id` that this service gave.' }) },
    resolve: (_root, { id }, context, info) => createNodeLoader(context, info)(parseGlobalId(id, 'id')),
  }),
  nodes: t.field({
    type: [NodeInterface],
    nullable: { list: false, items: true },
    description: `Objects by their ids, in the same order: at most ${maxNodes}.`,
    args: { ids: t.arg.idList({ required: true, description: 'Each an `id` that this service gave.' }) },
    resolve: (_root, { ids }, context, info) => {
      checkLength(ids, maxNodes, 'ids');
      const parsed = ids.map((id, index) => parseGlobalId(id, `ids[${index}]`));
      const load = createNodeLoader(context, info);
      return parsed.map(async (id) => {
        requireScope(context.principal, 'search'); // of each, since the list itself cannot be null
        return load(id);
      });
    },
  }),
}));
