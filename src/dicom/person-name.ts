/** One component group of a person's name. A component that is empty is null. */
export interface PersonNameGroup {
  readonly familyName: string | null;
  readonly givenName: string | null;
  readonly middleName: string | null;
  readonly prefix: string | null;
  readonly suffix: string | null;
  /** The group as written: `Adams^John Robert Quincy^^Rev.^B.A. M.Div.` */
  readonly raw: string;
}

/** A person's name (PN) in its up to three component groups (PS3.5 §6.2.1). */
export interface PersonName {
  readonly alphabetic: PersonNameGroup | null;
  readonly ideographic: PersonNameGroup | null;
  readonly phonetic: PersonNameGroup | null;
  /** For people to read: `Rev. John Robert Quincy Adams B.A. M.Div.`, `山田 太郎`. Null where every component is empty. */
  readonly formatted: string | null;
  /** The name as a data set would hold it: groups joined by `=`. */
  readonly raw: string;
}

const groupNames = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;
const familyFirst = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/**
 * Reads one value of PN: the object of PS3.18 §F.2.2, or the plain text of older servers (`Yamada^Tarou=山田^太郎`),
 * which some also put whole into `Alphabetic`.
 *
 * @returns Null where no group holds anything, or where the value is neither; see `personNameProblem`.
 */
export function parsePersonName(value: unknown): PersonName | null {
  const groups = groupsOf(value);
  if (groups === null) return null;
  const [alphabetic = null, ideographic = null, phonetic = null] = groups.map(parseGroup);
  const raw = groups
    .map((group) => group.trimEnd())
    .join('=')
    .replace(/=+$/, '');
  if (raw === '') return null;
  return { alphabetic, ideographic, phonetic, formatted: formatPersonName(alphabetic, ideographic, phonetic), raw };
}

/** What is wrong with a value of PN, without the value; null where nothing is. */
export function personNameProblem(value: unknown): string | null {
  const groups = groupsOf(value);
  if (groups === null) return 'not a person name';
  if (groups.length > groupNames.length) return 'more than 3 component groups';
  return groups.some((group) => group.split('^').length > 5) ? 'more than 5 components' : null;
}

/** The texts of the groups in their order; null where the value has no form that a name can have. */
function groupsOf(value: unknown): string[] | null {
  if (typeof value === 'string') return value.split('=');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const groups: string[] = [];
  for (const name of groupNames) {
    const group: unknown = Object.hasOwn(value, name) ? Reflect.get(value, name) : null;
    if (group !== null && typeof group !== 'string') return null;
    groups.push(group ?? '');
  }
  const [alphabetic = '', ideographic, phonetic] = groups;
  // A `=` cannot stand inside a group: here a whole name was put into the first one.
  return ideographic === '' && phonetic === '' ? alphabetic.split('=') : groups;
}

function parseGroup(text: string): PersonNameGroup | null {
  const raw = text.trimEnd();
  const [familyName = null, givenName = null, middleName = null, prefix = null, suffix = null] = raw
    .split('^')
    .map((component) => component.trim() || null);
  return raw === '' ? null : { familyName, givenName, middleName, prefix, suffix, raw };
}

/**
 * Latin names are read prefix, given, middle, family, suffix. Names in ideographs, kana or hangul, and those that have
 * no alphabetic group, are read family first.
 */
function formatPersonName(...groups: (PersonNameGroup | null)[]): string | null {
  for (const [index, group] of groups.entries()) {
    if (!group) continue;
    const { familyName, givenName, middleName, prefix, suffix, raw } = group;
    const isFamilyFirst = index > 0 || familyFirst.test(raw);
    const parts = isFamilyFirst
      ? [prefix, familyName, givenName, middleName, suffix]
      : [prefix, givenName, middleName, familyName, suffix];
    const formatted = parts.filter((part) => part !== null).join(' ');
    if (formatted !== '') return formatted;
  }
  return null;
}
