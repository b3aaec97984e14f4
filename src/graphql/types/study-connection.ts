import type { StudyNode } from '../../planner/nodes.ts';
import { builder } from '../builder.ts';
import { addConnection } from '../connection.ts';

/** Implemented in study.ts: what returns studies needs only this. */
export const StudyRef = builder.objectRef<StudyNode>('Study');
export const StudyConnection = addConnection('Study', 'studies', StudyRef);
