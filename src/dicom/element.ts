import { vrsOf } from './dictionary.ts';
import { parseNumberValue } from './number-value.ts';
import { type PersonName, parsePersonName, personNameProblem } from './person-name.ts';
import { isPrivateCreatorTag, type Tag } from './tag.ts';
import { parseTextValue } from './text-value.ts';
import { isBinaryVr, isNumberVr, isTextVr, isVr, type NumberVr, type TextVr, type Vr } from './vr.ts';

interface ElementBase {
  readonly tag: Tag;
  /** No value at all. An element that is absent from its data set is not an element. */
  readonly isEmpty: boolean;
  /** What is wrong, each thing once, never with a value in it: `IS: not an integer`. */
  readonly problems: readonly string[];
}

/** AE AS AT CS DA DT LO LT SH ST TM UC UI UR UT, as DICOM writes them. A hole is null. */
export interface TextElement extends ElementBase {
  readonly kind: 'text';
  readonly vr: TextVr;
  readonly values: readonly (string | null)[];
}

/** DS FD FL IS SL SS SV UL US UV. `raw` has the text of each value, also of one that is null for not being a number. */
export interface NumberElement extends ElementBase {
  readonly kind: 'number';
  readonly vr: NumberVr;
  readonly values: readonly (number | null)[];
  readonly raw: readonly (string | null)[];
}

export interface PersonNameElement extends ElementBase {
  readonly kind: 'personName';
  readonly vr: 'PN';
  readonly values: readonly (PersonName | null)[];
}

export interface SequenceElement<Item> extends ElementBase {
  readonly kind: 'sequence';
  readonly vr: 'SQ';
  readonly items: readonly Item[];
}

/** OB OD OF OL OV OW UN, and whatever else an origin gives as InlineBinary or as a reference to bulk data. */
export interface BinaryElement extends ElementBase {
  readonly kind: 'binary';
  readonly vr: Vr;
  /** Base64. */
  readonly inlineBinary: string | null;
  /** As the origin wrote it: to be taken apart and checked, never fetched as it is. */
  readonly bulkDataUri: string | null;
}

export type ElementOf<Item> = TextElement | NumberElement | PersonNameElement | SequenceElement<Item> | BinaryElement;

/** Makes a data set of an item; null where sequences are nested too deep to be read. */
export type ItemReader<Item> = ((json: Readonly<Record<string, unknown>>) => Item) | null;

const base64 = /^[A-Za-z0-9+/]*={0,2}\s*$/;

/**
 * Decodes one element of the DICOM JSON Model. Total: whatever `json` is, an element comes back, and what was wrong is
 * in its `problems`.
 *
 * Where an origin gives more than one of Value, InlineBinary and BulkDataURI, against PS3.18 §F.2.2, that order decides.
 *
 * @see PS3.18 §F.2
 */
export function decodeElement<Item>(tag: Tag, json: unknown, readItem: ItemReader<Item>): ElementOf<Item> {
  const problems = new Set<string>();
  const fields = isRecord(json) ? json : {};
  if (fields !== json) problems.add('not a DICOM JSON element');
  const { Value: given, InlineBinary: inline, BulkDataURI: uri } = fields;
  const values: readonly unknown[] = Array.isArray(given)
    ? given
    : given === undefined || given === null
      ? []
      : [given];
  if (values !== given && values.length > 0) problems.add('Value: not a list');
  const vr = resolveVr(tag, fields['vr'], values.length > 0, problems);
  const hasBytes = (inline !== undefined && inline !== null) || (uri !== undefined && uri !== null);
  if (hasBytes && values.length > 0) problems.add('more than one of Value, InlineBinary, BulkDataURI');
  if (isBinaryVr(vr) && values.length > 0) problems.add(`${vr}: Value in a binary attribute`);
  if (isBinaryVr(vr) || (hasBytes && values.length === 0)) {
    const binary = decodeBinary(tag, vr, inline, uri, problems);
    return values.length === 0 ? binary : { ...binary, isEmpty: false };
  }
  if (vr === 'SQ') return decodeSequence(tag, values, readItem, problems);
  // An attribute of one empty value is written as one hole, one empty text, or without Value: all are the same.
  const present = values.length === 1 && isHollow(values) ? [] : values;
  if (isNumberVr(vr)) return decodeNumbers(tag, vr, present, problems);
  if (isTextVr(vr)) return decodeTexts(tag, vr, present, problems);
  return decodePersonNames(tag, present, problems);
}

function isRecord(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/**
 * The VR that the origin gives, or the dictionary's: where none is given, where what is given is none (`ox`), and where
 * a known attribute with a Value is called UN. Where the dictionary leaves several open, its first.
 */
function resolveVr(tag: Tag, given: unknown, hasValue: boolean, problems: Set<string>): Vr {
  if (isVr(given) && !(given === 'UN' && hasValue)) return given;
  if (given !== undefined && !isVr(given)) problems.add('vr: not a VR');
  const known = isPrivateCreatorTag(tag) ? 'LO' : tag.endsWith('0000') ? 'UL' : vrsOf(tag)[0];
  if (isVr(known)) return known;
  if (given === undefined) problems.add('vr: missing');
  return 'UN';
}

function decodeTexts(tag: Tag, vr: TextVr, json: readonly unknown[], problems: Set<string>): TextElement {
  const values = json.map((one) => {
    const { value, problem } = parseTextValue(vr, one);
    if (problem !== null) problems.add(`${vr}: ${problem}`);
    return value;
  });
  return { kind: 'text', tag, vr, values, isEmpty: isHollow(json), problems: [...problems] };
}

function decodeNumbers(tag: Tag, vr: NumberVr, json: readonly unknown[], problems: Set<string>): NumberElement {
  const decoded = json.map((one) => parseNumberValue(vr, one));
  for (const { problem } of decoded) if (problem !== null) problems.add(`${vr}: ${problem}`);
  const values = decoded.map(({ value }) => value);
  const raw = decoded.map((one) => one.raw);
  return { kind: 'number', tag, vr, values, raw, isEmpty: isHollow(json), problems: [...problems] };
}

function decodePersonNames(tag: Tag, json: readonly unknown[], problems: Set<string>): PersonNameElement {
  const names = json.map((one) => {
    const problem = one === null ? null : personNameProblem(one);
    if (problem !== null) problems.add(`PN: ${problem}`);
    return parsePersonName(one);
  });
  const isEmpty = names.every((name) => name === null) && problems.size === 0;
  const values = isEmpty && names.length === 1 ? [] : names;
  return { kind: 'personName', tag, vr: 'PN', values, isEmpty, problems: [...problems] };
}

function decodeSequence<Item>(
  tag: Tag,
  json: readonly unknown[],
  readItem: ItemReader<Item>,
  problems: Set<string>,
): SequenceElement<Item> {
  const items: Item[] = [];
  if (readItem === null && json.length > 0) problems.add('SQ: nested too deep');
  for (const item of readItem === null ? [] : json) {
    // Some archives write an empty item as null instead of {}. Its place counts: paths name items by index.
    if (item !== null && !isRecord(item)) problems.add('SQ: not an item');
    if (readItem !== null) items.push(readItem(isRecord(item) ? item : {}));
  }
  return { kind: 'sequence', tag, vr: 'SQ', items, isEmpty: json.length === 0, problems: [...problems] };
}

function decodeBinary(tag: Tag, vr: Vr, inline: unknown, uri: unknown, problems: Set<string>): BinaryElement {
  // Older archives wrap the one text in a list, as they do a Value.
  const text: unknown = (Array.isArray(inline) && inline.length === 1 ? inline[0] : inline) ?? '';
  const inlineBinary = typeof text === 'string' && text !== '' && base64.test(text) ? text : null;
  if (inlineBinary === null && text !== '') problems.add('InlineBinary: not base64');
  const reference: unknown = uri ?? '';
  if (typeof reference !== 'string') problems.add('BulkDataURI: not a text');
  const bulkDataUri = inlineBinary === null && typeof reference === 'string' && reference !== '' ? reference : null;
  const isEmpty = text === '' && reference === '';
  return { kind: 'binary', tag, vr, inlineBinary, bulkDataUri, isEmpty, problems: [...problems] };
}

function isHollow(json: readonly unknown[]): boolean {
  return json.every((one) => one === null || one === undefined || (typeof one === 'string' && /^[ \0]*$/.test(one)));
}
