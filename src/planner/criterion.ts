import { levelDepth, levelOfAttribute } from '../dicom/attribute-level.ts';
import { type AttributePath, formatAttributePath, parseMatchPath } from '../dicom/attribute-path.ts';
import type { DataSet, Element } from '../dicom/data-set.ts';
import { toDa } from '../dicom/date-time.ts';
import { entryOfTag, tagOf } from '../dicom/dictionary.ts';
import { isPrivateTag, type Tag } from '../dicom/tag.ts';
import type { Uid } from '../dicom/uid.ts';
import { FacadeError } from '../errors.ts';
import type { Level } from '../origin/search.ts';
import type { DateRange, InstanceFilter, SeriesFilter, StudyFilter, TextMatch } from './filter-input.ts';
import { boundedList, parseTextMatch } from './text-match.ts';

/** One value that satisfies a criterion: what the origin is asked for, and how its rows are checked again. */
export interface Alternative {
  /** Value of the match parameter, not percent-encoded. */
  readonly query: string;
  readonly accepts: (element: Element) => boolean;
}

/** One condition on one attribute. A row meets it when one of its values is accepted by one of the alternatives. */
export interface Criterion {
  /** Path of the argument, for errors: `filter.patientName`. */
  readonly argument: string;
  readonly level: Level;
  /** Match parameter of QIDO-RS: a keyword, or keywords joined by dots for a sequence (PS3.18 §8.3.4). */
  readonly key: string;
  /** The attribute of the row that settles it: for a path into a sequence, the sequence. */
  readonly tag: Tag;
  readonly path: AttributePath | null;
  /** A UID list may go to the origin as one value (PS3.18 §8.3.4.1), where it matches such lists. */
  readonly uidList: boolean;
  readonly alternatives: readonly Alternative[];
  /** The origin matches it in its own fuzzy way: rows are not checked again. */
  readonly fuzzy?: boolean;
  /** Upper case and lower case differ: the origin is sent the values as they are. */
  readonly isExactCase?: boolean;
}

/** `never`: some list was empty, which matches nothing; there is nothing to ask. */
export interface Criteria {
  readonly all: readonly Criterion[];
  readonly never: boolean;
  readonly fuzzy: boolean;
}

/**
 * Whether a row meets a criterion.
 *
 * @returns Undefined where the row does not tell, since it lacks the attribute.
 */
export function meets(criterion: Criterion, dataSet: DataSet): boolean | undefined {
  if (criterion.fuzzy) return true;
  if (!dataSet.has(criterion.tag)) return undefined;
  const elements = elementsAt(dataSet, criterion.path?.map(({ tag }) => tag) ?? [criterion.tag]);
  return elements.some((element) => criterion.alternatives.some((alternative) => alternative.accepts(element)));
}

/** The elements at a path, in any item of the sequences on the way (PS3.4 C.2.2.2.6). */
function elementsAt(dataSet: DataSet, [tag, ...below]: readonly Tag[]): readonly Element[] {
  if (tag === undefined) return [];
  if (below.length > 0) return dataSet.items(tag).flatMap((item) => elementsAt(item, below));
  const element = dataSet.element(tag);
  return element ? [element] : [];
}

export function parseStudyFilter(filter: StudyFilter | null | undefined, argument = 'filter'): Criteria {
  const criteria = new CriteriaBuilder('study', argument);
  criteria.uids('StudyInstanceUID', 'studyInstanceUIDs', filter?.studyInstanceUIDs);
  criteria.text('PatientID', 'patientID', filter?.patientID);
  criteria.text('PatientName', 'patientName', filter?.patientName, filter?.fuzzy === true);
  criteria.dates('PatientBirthDate', 'patientBirthDate', filter?.patientBirthDate);
  criteria.dates('StudyDate', 'studyDate', filter?.studyDate);
  criteria.text('AccessionNumber', 'accessionNumber', filter?.accessionNumber);
  criteria.text('StudyID', 'studyID', filter?.studyID);
  criteria.text('StudyDescription', 'studyDescription', filter?.studyDescription);
  criteria.text(
    'ReferringPhysicianName',
    'referringPhysicianName',
    filter?.referringPhysicianName,
    filter?.fuzzy === true,
  );
  criteria.codes('ModalitiesInStudy', 'modalitiesInStudy', filter?.modalitiesInStudy);
  criteria.attributes(filter?.attributes);
  return criteria.build(filter?.fuzzy === true);
}

export function parseSeriesFilter(filter: SeriesFilter | null | undefined, argument = 'filter'): Criteria {
  const criteria = new CriteriaBuilder('series', argument);
  criteria.uids('SeriesInstanceUID', 'seriesInstanceUIDs', filter?.seriesInstanceUIDs);
  criteria.codes('Modality', 'modality', filter?.modality);
  criteria.number('SeriesNumber', filter?.seriesNumber);
  criteria.text('SeriesDescription', 'seriesDescription', filter?.seriesDescription);
  criteria.text('BodyPartExamined', 'bodyPartExamined', filter?.bodyPartExamined);
  criteria.attributes(filter?.attributes);
  return criteria.build();
}

export function parseInstanceFilter(filter: InstanceFilter | null | undefined, argument = 'filter'): Criteria {
  const criteria = new CriteriaBuilder('instance', argument);
  criteria.uids('SOPInstanceUID', 'sopInstanceUIDs', filter?.sopInstanceUIDs);
  criteria.uids('SOPClassUID', 'sopClassUIDs', filter?.sopClassUIDs);
  criteria.number('InstanceNumber', filter?.instanceNumber);
  criteria.attributes(filter?.attributes);
  return criteria.build();
}

export const joinCriteria = (...parts: readonly Criteria[]): Criteria => ({
  all: parts.flatMap((part) => part.all),
  never: parts.some((part) => part.never),
  fuzzy: parts.some((part) => part.fuzzy),
});

export const noCriteria: Criteria = { all: [], never: false, fuzzy: false };

class CriteriaBuilder {
  readonly #level: Level;
  readonly #argument: string;
  readonly #all: Criterion[] = [];

  constructor(level: Level, argument: string) {
    this.#level = level;
    this.#argument = argument;
  }

  build(fuzzy = false): Criteria {
    return { all: this.#all, never: this.#all.some((criterion) => criterion.alternatives.length === 0), fuzzy };
  }

  uids(keyword: string, name: string, uids: readonly Uid[] | null | undefined): void {
    if (!uids) return;
    const argument = `${this.#argument}.${name}`;
    boundedList(uids, argument);
    const alternatives = [...new Set(uids)].map(uidAlternative);
    this.#add({ argument, ...this.#keyword(keyword), uidList: true, alternatives });
  }

  text(keyword: string, name: string, match: TextMatch | null | undefined, fuzzy = false): void {
    if (!match) return;
    const argument = `${this.#argument}.${name}`;
    const located = this.#keyword(keyword);
    const alternatives = textAlternatives(match, argument, located.tag);
    this.#add({ argument, ...located, uidList: false, alternatives, ...(fuzzy ? { fuzzy } : {}) });
  }

  dates(keyword: string, name: string, range: DateRange | null | undefined): void {
    const argument = `${this.#argument}.${name}`;
    const alternative = range ? dateAlternative(range, argument) : null;
    if (alternative) this.#add({ argument, ...this.#keyword(keyword), uidList: false, alternatives: [alternative] });
  }

  /** Code strings of which any may match: each one exact, without wildcards. */
  codes(keyword: string, name: string, values: readonly string[] | null | undefined): void {
    if (!values) return;
    const argument = `${this.#argument}.${name}`;
    const alternatives = textAlternatives({ anyOf: values }, argument);
    this.#add({ argument, ...this.#keyword(keyword), uidList: false, alternatives });
  }

  number(keyword: string, value: number | null | undefined): void {
    if (typeof value !== 'number') return;
    const argument = `${this.#argument}.${keyword[0]?.toLowerCase()}${keyword.slice(1)}`;
    const accepts = (element: Element): boolean => element.kind === 'number' && element.values.includes(value);
    this.#add({
      argument,
      ...this.#keyword(keyword),
      uidList: false,
      alternatives: [{ query: String(value), accepts }],
    });
  }

  attributes(matches: StudyFilter['attributes']): void {
    if (!matches) return;
    boundedList(matches, `${this.#argument}.attributes`);
    for (const [index, { path, match }] of matches.entries()) {
      const argument = `${this.#argument}.attributes[${index}]`;
      const located = this.#locate(path, `${argument}.path`);
      if (match.text) {
        this.#add({
          argument,
          ...located,
          uidList: false,
          alternatives: textAlternatives(
            match.text,
            `${argument}.match.text`,
            located.path?.at(-1)?.tag ?? located.tag,
          ),
        });
      } else if (match.uids) {
        boundedList(match.uids, `${argument}.match.uids`);
        this.#add({ argument, ...located, uidList: true, alternatives: match.uids.map(uidAlternative) });
      } else if (match.dates) {
        const alternative = dateAlternative(match.dates, `${argument}.match.dates`);
        if (alternative) this.#add({ argument, ...located, uidList: false, alternatives: [alternative] });
      }
    }
  }

  #keyword(keyword: string): Pick<Criterion, 'level' | 'key' | 'tag' | 'path'> {
    return { level: this.#level, key: keyword, tag: tagOf(keyword), path: null };
  }

  /** @throws FILTER_UNSUPPORTED: no search of this level can tell this attribute exactly. */
  #locate(path: string, argument: string): Pick<Criterion, 'level' | 'key' | 'tag' | 'path'> {
    const parsed = parseMatchPath(path);
    const [top] = parsed;
    if (top === undefined || parsed.some((step) => isPrivateTag(step.tag))) {
      throw new FacadeError('FILTER_UNSUPPORTED', 'Private attributes cannot be matched by a search', { argument });
    }
    const level = levelOfAttribute(top.tag);
    if (levelDepth[level] > levelDepth[this.#level]) {
      throw new FacadeError(
        'FILTER_UNSUPPORTED',
        `This attribute belongs to the ${level}: it cannot be matched among attributes of the ${this.#level}`,
        { argument, level },
      );
    }
    const key = formatAttributePath(parsed);
    return { level, key, tag: top.tag, path: parsed.length > 1 ? parsed : null };
  }

  #add(criterion: Criterion): void {
    if (this.#all.some((other) => other.key === criterion.key)) {
      throw new FacadeError('FILTER_UNSUPPORTED', 'A search matches an attribute once (PS3.18 §8.3.4)', {
        argument: criterion.argument,
      });
    }
    this.#all.push(criterion);
  }
}

function textAlternatives(match: TextMatch, argument: string, tag?: Tag): readonly Alternative[] {
  const isName = tag !== undefined && entryOfTag(tag)?.vr.includes('PN') === true && typeof match.wildcard !== 'string';
  return parseTextMatch(match, argument).map(({ query, accepts }) => ({
    query: isName ? nameQuery(query) : query,
    accepts: (element) => textsOf(element).some(accepts),
  }));
}

/**
 * A name is asked for more widely than it is matched. Origins hold `Doe` also as `Doe^^^^`, and match the whole text of a
 * value (Orthanc 1.10), in which the groups of other scripts do not come first.
 */
function nameQuery(query: string): string {
  const inner = query.replace(/^\*+|\*+$/gu, '');
  const isLatin = /^[ -~]*$/u.test(inner);
  return isLatin && !query.startsWith('*') ? `${inner}*` : `*${inner}*`;
}

const uidAlternative = (uid: Uid): Alternative => ({
  query: uid,
  accepts: (element) => element.kind === 'text' && element.values.includes(uid),
});

/** Every text by which a value may be found; of a person name, each of its groups (PS3.4 C.2.2.2.1). */
function textsOf(element: Element): readonly string[] {
  if (element.kind === 'text') return element.values.filter((value) => value !== null);
  if (element.kind === 'number') return element.raw.filter((value) => value !== null);
  if (element.kind !== 'personName') return [];
  return element.values.flatMap((name) => {
    if (name === null) return [];
    const groups = [name.alphabetic, name.ideographic, name.phonetic].flatMap((group) => (group ? [group.raw] : []));
    return [name.raw, ...groups];
  });
}

function dateAlternative(range: DateRange, argument: string): Alternative | null {
  const from = range.from ?? null;
  const to = range.to ?? null;
  if (from === null && to === null) return null;
  if (from !== null && to !== null && from > to) {
    throw new FacadeError('BAD_USER_INPUT', 'The range ends before it begins', { argument });
  }
  return {
    query: from === to && from !== null ? toDa(from) : `${from ? toDa(from) : ''}-${to ? toDa(to) : ''}`,
    accepts: (element) =>
      element.kind === 'text' &&
      element.values.some((value) => {
        const day = value === null ? '' : isoDay(value);
        return day !== '' && (from === null || day >= from) && (to === null || day <= to);
      }),
  };
}

/** The day of a DA or DT value as the data set has it, in DICOM's or ISO 8601 form. */
function isoDay(value: string): string {
  const digits = /^(\d{4})-?(\d{2})-?(\d{2})/u.exec(value);
  return digits ? `${digits[1]}-${digits[2]}-${digits[3]}` : '';
}
