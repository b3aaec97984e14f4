import type { SeriesNode } from '../../planner/nodes.ts';
import { builder } from '../builder.ts';
import { addConnection } from '../connection.ts';

/** Implemented in series.ts: what returns series needs only this. */
export const SeriesRef = builder.objectRef<SeriesNode>('Series');
export const SeriesConnection = addConnection('Series', 'series', SeriesRef);
