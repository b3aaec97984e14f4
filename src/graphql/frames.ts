import { tagOf } from '../dicom/dictionary.ts';
import { FunctionalGroups, hasFunctionalGroups } from '../dicom/functional-groups.ts';
import { FacadeError } from '../errors.ts';
import type { InstanceNode } from '../planner/nodes.ts';
import { FrameNode } from './frame-node.ts';
import { checkLength, maxFramesInAnswer, parseFirst } from './limits.ts';
import { frameCountOfNode } from './retrieve.ts';

export const maxDescribedFrames = 1_000;

export interface FrameArguments {
  readonly first?: number | null | undefined;
  readonly after?: number | null | undefined;
  readonly numbers?: readonly number[] | null | undefined;
}

/**
 * Frames of an instance by their order or their numbers. Null: no pixel data, or their number is not known.
 *
 * A single frame costs no metadata. Of several, metadata tells the functional groups.
 *
 * @throws {FacadeError} BAD_USER_INPUT: a number below 1 or past the last frame; too many of them.
 */
export async function listFrames(
  instance: InstanceNode,
  { first, after, numbers }: FrameArguments,
): Promise<readonly FrameNode[] | null> {
  const size = parseFirst(first, maxDescribedFrames, maxFramesInAnswer);
  const start = Math.max(0, after ?? 0);
  if (numbers) checkLength(numbers, maxDescribedFrames, 'numbers');
  const count = await frameCountOfNode(instance);
  if (!count) return null;
  const wanted = numbers ?? Array.from({ length: Math.min(size, Math.max(0, count - start)) }, (_, i) => start + i + 1);
  if (wanted.some((number) => number < 1 || number > count)) {
    throw new FacadeError('BAD_USER_INPUT', `A frame is 1 to ${count}`, { argument: 'numbers', limit: count });
  }
  const isOnly = count === 1;
  const groups = isOnly && !(await mayHaveGroups(instance)) ? null : FunctionalGroups.of(await instance.metadata());
  return wanted.map((number) => new FrameNode(instance, number, groups, isOnly));
}

const sopClassUID = tagOf('SOPClassUID');

const mayHaveGroups = async (instance: InstanceNode): Promise<boolean> =>
  hasFunctionalGroups((await instance.read(sopClassUID)).text(sopClassUID));
