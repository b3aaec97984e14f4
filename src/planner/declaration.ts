import type { Tag } from '../dicom/tag.ts';

/** Where the selection below a field goes on reading. */
export type Entry =
  /** Up: the study or the series of a series or an instance. */
  | 'study'
  | 'series'
  /** Down: a list of the series or the instances of what stands above. */
  | 'seriesList'
  | 'instanceList'
  /** A search of its own, planned at that field. */
  | 'search'
  /** Into what the field has read: items of a sequence, whose attributes are none of the object's. */
  | 'inside';

/**
 * What a schema field reads of the object that it belongs to, written in its extensions as `dicom`.
 *
 * The planner asks the origin for the union of what the fields of a query declare, and for nothing else.
 */
export interface FieldDeclaration {
  readonly reads?: readonly Tag[] | ((args: Readonly<Record<string, unknown>>) => readonly Tag[]);
  readonly enters?: Entry;
  /** The attributes that the arguments match on, of the objects in the list that the field enters. */
  readonly matches?: (args: Readonly<Record<string, unknown>>) => readonly Tag[];
}
