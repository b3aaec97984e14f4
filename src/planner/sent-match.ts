import { entryOfTag } from '../dicom/dictionary.ts';
import type { Capabilities } from '../origin/capabilities/capabilities.ts';
import type { Level } from '../origin/search.ts';
import type { Alternative, Criterion } from './criterion.ts';

/** What a search matches on: its level, and whether it is one below a known study. */
export interface MatchedSearch {
  readonly level: Level;
  readonly isScoped: boolean;
}

const freeText: ReadonlySet<string> = new Set(['PN', 'LO', 'LT', 'SH', 'ST', 'UC', 'UT']);
const dates: ReadonlySet<string> = new Set(['DA', 'TM', 'DT']);

/**
 * The values by which an origin finds everything that meets a criterion, and perhaps more: rows are checked afterwards.
 *
 * Our filters take upper case and lower case for the same. Where an origin does not, any character is asked for in place of
 * a letter; of code strings, which have upper case only (PS3.5 §6.2), their upper case.
 *
 * @returns Null: the origin cannot be asked; all rows must be looked at here.
 */
export function toSentMatches(
  criterion: Criterion,
  search: MatchedSearch,
  capabilities: Capabilities,
): readonly Alternative[] | null {
  if (!isMatchable(criterion, search, capabilities)) return null;
  if (criterion.fuzzy) return criterion.alternatives; // in the origin's own way
  const vr = entryOfTag(criterion.path?.at(-1)?.tag ?? criterion.tag)?.vr[0] ?? 'UN';
  const sent: Alternative[] = [];
  for (const alternative of criterion.alternatives) {
    const query = toSentValue(alternative.query, vr, capabilities, criterion.isExactCase === true);
    if (query === null) return null;
    if (!sent.some((other) => other.query === query)) sent.push({ ...alternative, query });
    else merge(sent, query, alternative);
  }
  return sent;
}

/** Several values may be sent as the same one: it then stands for all of them. */
function merge(sent: Alternative[], query: string, added: Alternative): void {
  const index = sent.findIndex((other) => other.query === query);
  const known = sent[index];
  if (!known) return;
  sent[index] = { query, accepts: (element) => known.accepts(element) || added.accepts(element) };
}

function isMatchable({ key, level }: Criterion, search: MatchedSearch, { matchableKeys }: Capabilities): boolean {
  const keys = matchableKeys[search.level];
  if (keys === null) return true;
  return keys.includes(key) && !(search.isScoped && level === 'study');
}

function toSentValue(value: string, vr: string, capabilities: Capabilities, isExactCase: boolean): string | null {
  if (vr === 'UI') return value;
  if (dates.has(vr)) return value.includes('-') && !capabilities.rangeMatching ? null : value;
  const sent = isExactCase ? value : withoutCase(value, vr, capabilities);
  return /[*?]/u.test(sent) && !capabilities.wildcardMatching ? null : sent;
}

function withoutCase(value: string, vr: string, { caseInsensitiveMatching }: Capabilities): string {
  if (vr === 'CS' || vr === 'AS') return value.toUpperCase();
  if (freeText.has(vr) && caseInsensitiveMatching) return value;
  // Of characters beyond ASCII an origin may count the bytes.
  return value.replace(/\p{L}/gu, (letter) =>
    letter.toLowerCase() === letter.toUpperCase() ? letter : letter < '\u0080' ? '?' : '*',
  );
}
