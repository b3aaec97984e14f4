import type { Tag } from '../dicom/tag.ts';
import type { Uid } from '../dicom/uid.ts';

/**
 * The studies that a principal may see: those that any of these rules allows. Without a rule, none.
 *
 * Where a principal has no row rules at all (null), it sees every study.
 */
export interface RowRules {
  readonly anyOf: readonly RowRule[];
}

/** Allows an object where all of its conditions hold. What the object does not tell is not allowed. */
export interface RowRule {
  /** Ids of origins; null: any. */
  readonly origins: ReadonlySet<string> | null;
  /** null: any. */
  readonly studies: ReadonlySet<Uid> | null;
  /** Attributes of patient, study, series or instance, all of which must match. */
  readonly attributes: readonly AttributeRule[];
}

/** One of the attribute's values is one of these, as PS3.18 matches a single value: whole, and case-sensitive. */
export interface AttributeRule {
  readonly tag: Tag;
  readonly values: ReadonlySet<string>;
}
