import { builder } from '../builder.ts';
import type { FrameNode } from '../frame-node.ts';

/** Implemented in modules/multi-frame.ts: modules that hold frame by frame need only this. */
export const FrameRef = builder.objectRef<FrameNode>('Frame');
