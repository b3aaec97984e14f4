import type { Principal } from '../access/principal.ts';
import { representationScope } from '../access/scopes.ts';
import type { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { frameCountOf } from '../dicom/sop-class.ts';
import { FacadeError } from '../errors.ts';
import type { Representation } from '../origin/capabilities/capabilities.ts';
import type { Origin } from '../origin/origin.ts';
import type { FieldDeclaration } from '../planner/declaration.ts';
import type { AnyNode, InstanceNode } from '../planner/nodes.ts';
import { answers } from '../planner/row.ts';
import { requireScope } from './require-scope.ts';

/** What tells which forms an instance has: never its modality. */
export const kindTags = ['SOPClassUID', 'Rows', 'Columns', 'NumberOfFrames', 'BitsAllocated'].map(tagOf);

/** For every field that reads `frameCountOfNode`. */
export const readsKind: FieldDeclaration = { reads: kindTags };

/** A data set that settles what kind of object it is: the row where it was asked for all of it, else the metadata. */
export function kindOfNode(node: InstanceNode): DataSet | Promise<DataSet> {
  const { row } = node;
  return row && kindTags.every((tag) => answers(row, tag)) ? row.dataSet : node.metadata();
}

/** 0: no pixel data; 1 where NumberOfFrames is absent; null: not known. */
export const frameCountOfNode = async (node: InstanceNode): Promise<number | null> =>
  frameCountOf(await kindOfNode(node), { isComplete: true });

/** The UIDs of an object from the top, as links and origins want them. */
export function refOf(node: AnyNode): { study: string; series?: string; instance?: string } {
  if (node.level === 'study') return { study: node.study };
  if (node.level === 'series') return { study: node.study, series: node.series };
  return instanceRefOf(node);
}

export const instanceRefOf = ({ study, series, instance }: InstanceNode) => ({ study, series, instance });

/** @throws {FacadeError} REPRESENTATION_UNAVAILABLE: better here than as a broken image. */
export function requireRepresentation(origin: Origin, representation: Representation): void {
  if (origin.capabilities.representations.includes(representation)) return;
  throw new FacadeError('REPRESENTATION_UNAVAILABLE', `This origin gives no ${representation}`, {
    origin: origin.id,
    representation,
  });
}

/**
 * What a DICOMweb root is to give.
 *
 * @param asked - Absent or null: all that the origin gives and the principal may have.
 * @throws {FacadeError} REPRESENTATION_UNAVAILABLE: the origin does not give one of them. FORBIDDEN: the principal may have
 *   one of them not, or nothing at all. BAD_USER_INPUT: none is asked for.
 */
export function rootRepresentations(
  origin: Origin,
  asked: readonly Representation[] | null | undefined,
  principal: Principal,
): readonly Representation[] {
  const require = (representation: Representation): void =>
    requireScope(principal, representationScope(representation));
  if (!asked) {
    const { representations } = origin.capabilities;
    const allowed = representations.filter((one) => principal.scopes.has(representationScope(one)));
    if (allowed.length === 0) representations.forEach(require);
    return allowed;
  }
  if (asked.length === 0) {
    throw new FacadeError('BAD_USER_INPUT', 'A root gives at least one representation', {
      argument: 'representations',
    });
  }
  for (const representation of asked) {
    require(representation);
    requireRepresentation(origin, representation);
  }
  return asked;
}
