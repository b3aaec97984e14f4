import { levelDepth, levelOfAttribute } from '../dicom/attribute-level.ts';
import type { DataSet } from '../dicom/data-set.ts';
import type { Tag } from '../dicom/tag.ts';
import type { Level } from '../origin/search.ts';
import type { Row } from './row.ts';

/** What an operation may see of one origin. See src/access, where it is made of a principal's rules. */
export interface RowGuard {
  /** Attributes by which objects are judged. */
  readonly tags: ReadonlySet<Tag>;
  /**
   * @param told - A data set that settles an attribute of the object; null: not told.
   * @returns Whether the object may be seen; null: what is told does not settle it.
   */
  judge(told: (tag: Tag) => DataSet | null): boolean | null;
  /** What every object that may be seen has: of each of these attributes one of these values. */
  readonly required: readonly { readonly tag: Tag; readonly values: ReadonlySet<string> }[];
}

/** The level down to which objects must be known to be judged. */
export function depthOf({ tags }: RowGuard): Level {
  const levels = [...tags].map(levelOfAttribute);
  return levels.reduce<Level>((deepest, level) => (levelDepth[level] > levelDepth[deepest] ? level : deepest), 'study');
}

/** What a row settles: attributes of its own level and of those above it, that it has or was asked for. */
export const toldBy =
  (row: Row, level: Level) =>
  (tag: Tag): DataSet | null => {
    if (row.metadataOf !== undefined) return row.dataSet;
    if (levelDepth[levelOfAttribute(tag)] > levelDepth[level]) return null;
    return row.dataSet.has(tag) || row.asked.has(tag) ? row.dataSet : null;
  };

/** Everything: metadata has every attribute of an instance. */
export const toldByMetadata = (dataSet: DataSet) => (): DataSet => dataSet;
