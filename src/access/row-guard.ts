import type { DataSet, Element } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import type { Tag } from '../dicom/tag.ts';
import type { AttributeRule, RowRule, RowRules } from './row-rules.ts';

/** A data set that settles an attribute of the object that is judged: lacks it, where the object has none. null: not told. */
export type Told = (tag: Tag) => DataSet | null;

/** What a principal may see of one origin, by the attributes of an object. */
export interface RowGuard {
  /** Attributes by which it judges. */
  readonly tags: ReadonlySet<Tag>;
  /** Whether an object may be seen; null: what is told does not settle it. */
  judge(told: Told): boolean | null;
  /**
   * What every object that may be seen has: one of these values, of each of these attributes. For asking an origin for
   * less; what comes is judged all the same.
   */
  readonly required: readonly AttributeRule[];
}

const studyInstanceUid = tagOf('StudyInstanceUID');

/**
 * The guard of one origin.
 *
 * @returns null: everything of it may be seen.
 */
export function createRowGuard(rules: RowRules | null, origin: string): RowGuard | null {
  if (rules === null) return null;
  const conditions = rules.anyOf.filter(({ origins }) => origins === null || origins.has(origin)).map(conditionsOf);
  if (conditions.some((all) => all.length === 0)) return null;
  const [only, ...others] = conditions;
  return {
    tags: new Set(conditions.flatMap((all) => all.map(({ tag }) => tag))),
    required: only !== undefined && others.length === 0 ? only : [],
    judge: (told) => firstTrue(conditions, (all) => judgeAll(all, told)),
  };
}

/** Whether any object of an origin may be seen, as far as the rules alone tell. */
export const mayHaveVisible = (rules: RowRules | null, origin: string): boolean =>
  rules === null || rules.anyOf.some(({ origins }) => origins === null || origins.has(origin));

/** The objects that one of several principals may see. */
export function anyOfRules(all: readonly (RowRules | null)[]): RowRules | null {
  const known = all.filter((rules) => rules !== null);
  return known.length < all.length ? null : { anyOf: known.flatMap(({ anyOf }) => anyOf) };
}

function conditionsOf({ studies, attributes }: RowRule): readonly AttributeRule[] {
  const ofStudies = studies === null ? [] : [{ tag: studyInstanceUid, values: studies }];
  return [...ofStudies, ...attributes].map(({ tag, values }) => ({
    tag,
    values: new Set([...values].map(comparable)),
  }));
}

function judgeAll(conditions: readonly AttributeRule[], told: Told): boolean | null {
  let isSettled = true;
  for (const { tag, values } of conditions) {
    const dataSet = told(tag);
    if (dataSet === null) isSettled = false;
    else if (!textsOf(dataSet.element(tag)).some((text) => values.has(comparable(text)))) return false;
  }
  return isSettled ? true : null;
}

function firstTrue<T>(items: readonly T[], judge: (item: T) => boolean | null): boolean | null {
  let verdict: boolean | null = false;
  for (const item of items) {
    const one = judge(item);
    if (one === true) return true;
    if (one === null) verdict = null;
  }
  return verdict;
}

/** Every text by which a value may be meant: of a person name, each of its groups too (PS3.4 §C.2.2.2.1). */
function textsOf(element: Element | undefined): readonly string[] {
  if (element?.kind === 'text') return element.values.filter((value) => value !== null);
  if (element?.kind === 'number') return element.raw.filter((value) => value !== null);
  if (element?.kind !== 'personName') return [];
  return element.values.flatMap((name) => {
    const groups = [name?.alphabetic, name?.ideographic, name?.phonetic].flatMap((group) => group?.raw ?? []);
    return name === null ? [] : [name.raw, ...groups];
  });
}

/** Spaces at both ends are padding, and components that are empty at the end of a person name say nothing (PS3.5 §6.2). */
const comparable = (text: string): string => text.trim().replace(/\^+$/u, '');
