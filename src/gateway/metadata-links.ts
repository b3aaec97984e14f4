import { type AttributePath, formatAttributePath } from '../dicom/attribute-path.ts';
import type { JsonDataSet, JsonElement } from '../dicom/data-set.ts';
import { isTag, type Tag, tag } from '../dicom/tag.ts';

/** Float Pixel Data, Double Float Pixel Data, Pixel Data: those are frames, and have links of their own. */
const pixelData: ReadonlySet<Tag> = new Set([tag('7FE00008'), tag('7FE00009'), tag('7FE00010')]);
const retrieveUrl = tag('00081190');

/** As deep as data sets are read. */
const maxDepth = 64;

/**
 * What a client may follow instead of a BulkDataURI that the origin wrote.
 *
 * @returns A link, or null: there is to be none, and the attribute is left out.
 */
export type LinkBulkData = (path: string, uri: string) => string | null;

/**
 * Metadata as it is served through a link: no address that the origin wrote is left in it. BulkDataURIs become links or
 * go, with their attribute, as do Retrieve URL (0008,1190) and pixel data, at any depth. Keys that are no tags go, too;
 * those in lower case are put right. All other elements are as the origin wrote them.
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
    if (!isTag(upperCase) || upperCase === retrieveUrl || pixelData.has(upperCase) || !isObject(element)) continue;
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
  if (uri !== undefined) {
    const link = typeof uri === 'string' ? linkBulkData(formatAttributePath([...above, { tag }]), uri) : null;
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
