import type { InstanceNode } from '../../planner/nodes.ts';
import { builder } from '../builder.ts';
import { addConnection } from '../connection.ts';

/** Implemented in instance.ts: what returns instances needs only this. */
export const InstanceRef = builder.interfaceRef<InstanceNode>('Instance');
export const InstanceConnection = addConnection('Instance', 'instances', InstanceRef);
