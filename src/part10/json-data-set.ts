import type { JsonDataSet, JsonElement } from '../dicom/data-set.ts';
import { type BulkLocation, bulkDataPrefix, bytesOf } from './bulk-data.ts';
import { type CharacterSet, characterSetOf, defaultCharacterSet } from './character-set.ts';
import type { DataElement, Elements } from './data-element.ts';
import { type VrContext, vrByDictionary } from './open-vr.ts';
import {
  dataSetTrailingPadding,
  groupOf,
  hexOfTag,
  isGroupLength,
  isPixelData,
  lutDescriptor,
  pixelRepresentation,
  specificCharacterSet,
  type TagNumber,
} from './tags.ts';
import { isBinaryVr, isKnownVr, wordBytesOf } from './value-representation.ts';
import { valuesOf } from './values.ts';

/** What a sequence's items take over from the data set around them (PS3.5 §7.5.3; PS3.3 §C.7.6.3.1.2). */
interface Scope {
  readonly characters: CharacterSet;
  readonly signedPixels: boolean;
}

/** What the elements of one item have in common. */
interface Place extends Scope, VrContext {
  /** The path of the item, with a slash behind it; empty for the data set itself. */
  readonly path: string;
}

/**
 * Turns found elements into the DICOM JSON Model (PS3.18 Annex F), and lists the values that are left out of it.
 *
 * Left out altogether: group lengths (§F.2.2), groups 0000 and 0002, which are no part of a data set, and Data Set
 * Trailing Padding, which means nothing (PS3.10 §7.2). Specific Character Set stays as it is in the file: in JSON it
 * tells of the source, the text is UTF-8 whatever it says (PS3.18 §F.2.2, note 3).
 *
 * A value of VR UN is decoded where its tag has a VR in PS3.6 (PS3.5 §6.2.2, note 2). A value whose length does not fit
 * its VR is given as UN: its bytes are all that is known of it.
 *
 * @param maxInlineBytes - Binary values of more bytes are bulk data. Pixel data always is.
 */
export function toJsonDataSet(
  bytes: Buffer,
  elements: Elements,
  maxInlineBytes: number,
  note: (problem: string) => void,
): { readonly dataSet: JsonDataSet; readonly bulk: ReadonlyMap<string, BulkLocation> } {
  const bulk = new Map<string, BulkLocation>();

  function item(elements: Elements, outer: Scope, path: string): JsonDataSet {
    const place: Place = { ...scopeOf(bytes, elements, outer, note), path, lutEntries: lutEntries(bytes, elements) };
    const json: Record<string, JsonElement> = {};
    for (const element of elements) {
      if (!isLeftOut(element.tag)) json[hexOfTag(element.tag)] = elementJson(element, place);
    }
    return json;
  }

  function elementJson(element: DataElement, place: Place): JsonElement {
    const path = `${place.path}${hexOfTag(element.tag)}`;
    if (element.items) {
      const items = element.items.map((elements, index) => item(elements, place, `${path}/${index}/`));
      return items.length === 0 ? { vr: 'SQ' } : { vr: 'SQ', Value: items };
    }
    const vr = vrOf(element, place);
    const { offset, length, littleEndian } = element;
    if (length === 0) return { vr };
    if (isBinaryVr(vr)) return binaryJson(element, vr, path);
    const values = valuesOf(bytes.subarray(offset, offset + length), vr, littleEndian, place.characters);
    if (values) return values.length === 0 ? { vr } : { vr, Value: values };
    note(`${hexOfTag(element.tag)} has a length that is not of VR ${vr}`);
    return binaryJson(element, 'UN', path);
  }

  function binaryJson({ tag, offset, length, littleEndian, fragments }: DataElement, vr: string, path: string) {
    const location: BulkLocation = { offset, length, vr, swapBytes: littleEndian ? 1 : wordBytesOf(vr), fragments };
    if (length <= maxInlineBytes && !isPixelData(tag) && !fragments) {
      return { vr, InlineBinary: bytesOf(bytes, location).toString('base64') };
    }
    bulk.set(path, location);
    return { vr, BulkDataURI: `${bulkDataPrefix}${path}` };
  }

  return { dataSet: item(elements, { characters: defaultCharacterSet, signedPixels: false }, ''), bulk };
}

function isLeftOut(tag: TagNumber): boolean {
  const group = groupOf(tag);
  return isGroupLength(tag) || group === 0 || group === 2 || tag === dataSetTrailingPadding;
}

/** The VR that the element has in JSON. An encapsulated value is OB (PS3.5 §A.4), or OW in files that write so. */
function vrOf(element: DataElement, context: VrContext): string {
  if (element.fragments) return element.vr === 'OW' ? 'OW' : 'OB';
  const vr = element.vr === null || element.vr === 'UN' ? vrByDictionary(element.tag, context) : element.vr;
  // SQ here is a tag of a sequence whose bytes are none.
  return isKnownVr(vr) && vr !== 'SQ' ? vr : 'UN';
}

function scopeOf(bytes: Buffer, elements: Elements, outer: Scope, note: (problem: string) => void): Scope {
  const charset = find(elements, specificCharacterSet);
  const sign = find(elements, pixelRepresentation);
  const terms = charset && bytes.toString('latin1', charset.offset, charset.offset + charset.length).split('\\');
  return {
    characters: terms ? characterSetOf(terms.slice(0, 16), note) : outer.characters,
    signedPixels: sign ? firstUint16(bytes, sign) === 1 : outer.signedPixels,
  };
}

function lutEntries(bytes: Buffer, elements: Elements): number | null {
  const descriptor = find(elements, lutDescriptor);
  return descriptor ? firstUint16(bytes, descriptor) : null;
}

function firstUint16(bytes: Buffer, { offset, length, littleEndian }: DataElement): number | null {
  if (length < 2) return null;
  return littleEndian ? bytes.readUInt16LE(offset) : bytes.readUInt16BE(offset);
}

function find(elements: Elements, tag: TagNumber): DataElement | undefined {
  return elements.find((element) => element.tag === tag);
}
