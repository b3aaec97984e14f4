import { type AttributePath, formatAttributePath } from '../dicom/attribute-path.ts';
import type { JsonDataSet, JsonElement } from '../dicom/data-set.ts';
import { isTag, type Tag, tag } from '../dicom/tag.ts';

/**
 * Float Pixel Data, Double Float Pixel Data, Pixel Data. Those of the instance are its frames, which have links of their own;
 * those of an item are bytes of an icon.
 */
const pixelData: ReadonlySet<Tag> = new Set([tag('7FE00008'), tag('7FE00009'), tag('7FE00010')]);
const retrieveUrl = tag('00081190');

/** As deep as data sets are read. */
const maxDepth = 64;

/**
 * What a client may follow instead of a BulkDataURI that the origin wrote.
 *
 * @param uri - null: the origin wrote the bytes themselves (InlineBinary).
 * @returns A link, or null: there is to be none, and the attribute is left out.
 */
export type LinkBulkData = (path: string, uri: string | null) => string | null;

/**
 * Metadata as it is served through a link: no address that the origin wrote is left in it. BulkDataURIs become links or
 * go, with their attribute, as do Retrieve URL (0008,1190), at any depth, and pixel data. Of an icon's pixels no byte is in
 * it, but a link to them. Keys that are no tags go, too; those in lower case are put right. All other elements are as the
 * origin wrote them.
 *
 * @param retrieveUrlOfOurs - Retrieve URL of the data set, where it is to have one.
 * @see PS3.18 §F.2
 */
export function toLinkedMetadata(
  dataSet: JsonDataSet,
  linkBulkData: LinkBulkData,
  retrieveUrlOfOurs: string | null = null,
): JsonDataSet {
  const linked = linkedItem(dataSet, [], linkBulkData);
  return retrieveUrlOfOurs === null ? linked : { ...linked, [retrieveUrl]: { vr: 'UR', Value: [retrieveUrlOfOurs] } };
}

function linkedItem(dataSet: object, above: AttributePath, linkBulkData: LinkBulkData): JsonDataSet {
  const linked: Record<string, JsonElement> = {};
  for (const [key, element] of Object.entries(dataSet)) {
    const upperCase = key.toUpperCase();
    if (!isTag(upperCase) || upperCase === retrieveUrl || !isObject(element)) continue;
    if (pixelData.has(upperCase) && above.length === 0) continue;
    const kept = linkedElement(element, upperCase, above, linkBulkData);
    if (kept !== null) linked[upperCase] = kept;
  }
  return linked;
}

/** Only the four fields of §F.2.2 are taken over: some archives have others, with addresses in them (DataFragment). */
function linkedElement(
  { vr, Value: values, BulkDataURI: uri, InlineBinary: binary }: JsonElement,
  tag: Tag,
  above: AttributePath,
  linkBulkData: LinkBulkData,
): JsonElement | null {
  const head = vr === undefined ? {} : { vr };
  const isPixelBytes = binary !== undefined && pixelData.has(tag);
  if (uri !== undefined || isPixelBytes) {
    const path = formatAttributePath([...above, { tag }]);
    const link =
      uri === undefined ? linkBulkData(path, null) : typeof uri === 'string' ? linkBulkData(path, uri) : null;
    return link === null ? null : { ...head, BulkDataURI: link };
  }
  if (binary !== undefined) return { ...head, InlineBinary: binary };
  if (!Array.isArray(values)) return head;
  if (vr === 'PN' || !values.some(isObject)) return { ...head, Value: values };
  if (above.length >= maxDepth) return null;
  const items = values.map((value, item) =>
    isObject(value) ? linkedItem(value, [...above, { tag, item }], linkBulkData) : value,
  );
  return { ...head, Value: items };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
