import type { JsonDataSet, JsonElement } from '../../dicom/data-set.ts';
import { type BulkLocation, bulkDataPrefix, bytesOf } from './bulk-data.ts';
import { type CharacterSet, characterSetOf, defaultCharacterSet } from './character-set.ts';
import type { DataElement, Elements } from './data-elements.ts';
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
} from './tags.ts';
import { isBinaryVr, isKnownVr, wordBytesOf } from './value-representation.ts';
import { valuesOf } from './values.ts';

/** What a sequence's items take over from the data set around them (PS3.5 §7.5.3; PS3.3 §C.7.6.3.1.2). */
interface Scope {
  readonly characters: CharacterSet;
  readonly signedPixels: boolean;
}

export interface JsonOptions {
  /** Binary values of more bytes are bulk data. Pixel data always is. */
  readonly maxInlineBytes: number;
  readonly note: (problem: string) => void;
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
 */
export function toJsonDataSet(
  bytes: Buffer,
  elements: Elements,
  options: JsonOptions,
): { readonly dataSet: JsonDataSet; readonly bulk: ReadonlyMap<string, BulkLocation> } {
  const bulk = new Map<string, BulkLocation>();
  const root: Scope = { characters: defaultCharacterSet, signedPixels: false };
  return { dataSet: itemJson(bytes, elements, root, '', bulk, options), bulk };
}

function itemJson(
  bytes: Buffer,
  elements: Elements,
  outer: Scope,
  path: string,
  bulk: Map<string, BulkLocation>,
  options: JsonOptions,
): JsonDataSet {
  const scope = scopeOf(bytes, elements, outer, options);
  const context: VrContext = { signedPixels: scope.signedPixels, lutEntries: lutEntries(bytes, elements) };
  const json: Record<string, JsonElement> = {};
  for (const element of elements) {
    const group = groupOf(element.tag);
    if (isGroupLength(element.tag) || group === 0 || group === 2 || element.tag === dataSetTrailingPadding) continue;
    const hex = hexOfTag(element.tag);
    const here = `${path}${hex}`;
    if (element.items) {
      const items = element.items.map((item, index) =>
        itemJson(bytes, item, scope, `${here}/${index}/`, bulk, options),
      );
      json[hex] = items.length === 0 ? { vr: 'SQ' } : { vr: 'SQ', Value: items };
    } else {
      json[hex] = elementJson(bytes, element, here, scope.characters, context, bulk, options);
    }
  }
  return json;
}

function elementJson(
  bytes: Buffer,
  element: DataElement,
  path: string,
  characters: CharacterSet,
  context: VrContext,
  bulk: Map<string, BulkLocation>,
  options: JsonOptions,
): JsonElement {
  const { offset, length, fragments } = element;
  const vr = vrOf(element, context);
  if (length === 0) return { vr };
  if (!isBinaryVr(vr)) {
    const values = valuesOf(bytes.subarray(offset, offset + length), vr, element.littleEndian, characters);
    if (values) return values.length === 0 ? { vr } : { vr, Value: values };
    options.note(`${hexOfTag(element.tag)} has a length that is not of VR ${vr}`);
  }
  const binaryVr = isBinaryVr(vr) ? vr : 'UN';
  const location: BulkLocation = {
    offset,
    length,
    vr: binaryVr,
    swapBytes: element.littleEndian ? 1 : wordBytesOf(binaryVr),
    fragments,
  };
  if (length > options.maxInlineBytes || isPixelData(element.tag) || fragments) {
    bulk.set(path, location);
    return { vr: binaryVr, BulkDataURI: `${bulkDataPrefix}${path}` };
  }
  return { vr: binaryVr, InlineBinary: bytesOf(bytes, location).toString('base64') };
}

/** The VR that the element has in JSON. An encapsulated value is OB (PS3.5 §A.4), or OW in files that write so. */
function vrOf(element: DataElement, context: VrContext): string {
  if (element.fragments) return element.vr === 'OW' ? 'OW' : 'OB';
  const vr = element.vr === null || element.vr === 'UN' ? vrByDictionary(element.tag, context) : element.vr;
  // SQ here is a tag of a sequence whose bytes are none.
  return isKnownVr(vr) && vr !== 'SQ' ? vr : 'UN';
}

function scopeOf(bytes: Buffer, elements: Elements, outer: Scope, options: JsonOptions): Scope {
  const charset = find(elements, specificCharacterSet);
  const sign = find(elements, pixelRepresentation);
  const terms = charset && bytes.toString('latin1', charset.offset, charset.offset + charset.length).split('\\');
  return {
    characters: terms ? characterSetOf(terms.slice(0, 16), options.note) : outer.characters,
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

function find(elements: Elements, tag: number): DataElement | undefined {
  return elements.find((element) => element.tag === tag);
}
