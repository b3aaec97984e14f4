import { type DicomErrorFacts, DicomInputError } from './dicom-input-error.ts';
import { entryOfKeyword, entryOfTag, searchDictionary } from './dictionary.ts';
import { isPrivateTag, isTag, type Tag } from './tag.ts';

/** One step of a path: an attribute, and which of its items the next step goes into. */
export interface AttributeStep {
  /** Of a private attribute named by its creator, with the block left out: `0029xx10` is 00290010. */
  readonly tag: Tag;
  readonly creator?: string;
  /** From 0. */
  readonly item?: number;
}

export type AttributePath = readonly AttributeStep[];

/** As deep as sequences are read, and one for the attribute. */
const maxSteps = 65;
/** The longest keywords, each with an index, as deep as that. */
const maxPathLength = 8192;

const step =
  /(?:([0-9A-Fa-f]{8})|([0-9A-Fa-f]{4})[xX]{2}([0-9A-Fa-f]{2})\{([^{}\\\p{Cc}]{1,64})\}|([A-Za-z][A-Za-z0-9]*))(?:\[(0|[1-9][0-9]{0,8})\])?(\.|$)/uy;

/**
 * Reads the path of an attribute, as a client writes it.
 *
 *     path     = step *( "." step )
 *     step     = ( tag / private / keyword ) [ "[" index "]" ]
 *     tag      = 8HEXDIG                             ; in either case
 *     private  = 4HEXDIG "xx" 2HEXDIG "{" creator "}" ; odd group, element without its block
 *     creator  = 1*64( any character but "{", "}", "\" and controls )
 *     keyword  = ALPHA *( ALPHA / DIGIT )            ; of PS3.6, in its own case
 *     index    = "0" / ( %x31-39 *8DIGIT )           ; of an item, from 0
 *
 * Every step but the last names its item, the last one none: a path ends at an attribute.
 * `PatientAge`, `00101010`, `RequestAttributesSequence[0].ScheduledProcedureStepID`, `0029xx10{SIEMENS CSA HEADER}`.
 *
 * @throws {DicomInputError} BAD_PATH, with the position (characters from 0) of the step that is wrong.
 */
export function parseAttributePath(text: string): AttributePath {
  const path = parseSteps(text);
  for (const [index, { item }] of path.entries()) {
    const isLast = index === path.length - 1;
    if (isLast && item !== undefined) throw badPath('An attribute path ends at an attribute, not at an item');
    if (!isLast && item === undefined) throw badPath('An attribute path names each item by its index');
  }
  return path;
}

/**
 * Reads the path of an attribute to match on: as `parseAttributePath`, but without indices, since a match goes into any
 * item (PS3.18 §8.3.4.1).
 *
 * @throws {DicomInputError} BAD_PATH
 */
export function parseMatchPath(text: string): AttributePath {
  const path = parseSteps(text);
  if (path.some(({ item }) => item !== undefined)) throw badPath('A path to match on has no item index');
  return path;
}

/** The path as text: keywords where there are any. Reading it again gives the same path. */
export function formatAttributePath(path: AttributePath): string {
  return path
    .map(({ tag, creator, item }) => `${formatTag(tag, creator)}${item === undefined ? '' : `[${item}]`}`)
    .join('.');
}

function formatTag(tag: Tag, creator: string | undefined): string {
  if (creator !== undefined) return `${tag.slice(0, 4)}xx${tag.slice(6)}{${creator}}`;
  const keyword = entryOfTag(tag)?.keyword;
  // The keyword of a repeating group stands for its first group only: OverlayRows is 60000010.
  return keyword !== undefined && entryOfKeyword(keyword)?.tag === tag ? keyword : tag;
}

function parseSteps(text: string): AttributeStep[] {
  if (text.length > maxPathLength) throw badPath(`An attribute path has at most ${maxPathLength} characters`);
  const path: AttributeStep[] = [];
  let position = 0;
  do {
    step.lastIndex = position;
    const match = step.exec(text);
    if (!match) throw badPath('Not an attribute path', { position });
    const [whole, hex, group, element, creator, keyword, index, end] = match;
    const tag = hex ?? (keyword === undefined ? `${group}00${element}` : entryOfKeyword(keyword)?.tag);
    const upperCase = tag?.toUpperCase();
    if (!isTag(upperCase)) throw unknownKeyword(keyword, position);
    if (creator !== undefined && !isPrivateTag(upperCase))
      throw badPath('A private attribute has an odd group', { position });
    path.push({
      tag: upperCase,
      ...(creator === undefined ? {} : { creator }),
      ...(index === undefined ? {} : { item: Number(index) }),
    });
    position += whole.length;
    if (end === '') return path;
  } while (path.length < maxSteps);
  throw badPath(`An attribute path has at most ${maxSteps} steps`);
}

/** Mostly a keyword in another case, `patientName`, or its beginning. */
function unknownKeyword(keyword: string | undefined, position: number): DicomInputError {
  const [similar] = searchDictionary(keyword ?? '', 1);
  return badPath('Unknown keyword in an attribute path', { position, ...(similar && { suggestion: similar.keyword }) });
}

function badPath(message: string, facts: DicomErrorFacts = {}): DicomInputError {
  return new DicomInputError('BAD_PATH', message, facts);
}
