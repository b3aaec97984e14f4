import { type AttributePath, formatAttributePath, parseAttributePath } from '../dicom/attribute-path.ts';
import type { DataSet, Element } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { documentMediaTypeOf } from '../dicom/document-media-type.ts';
import { walkElements } from '../dicom/walk.ts';
import { FacadeError } from '../errors.ts';
import type { SignedUrl } from '../links/signed-url.ts';
import { type BulkDataContext, rebaseBulkDataUri } from '../origin/bulk-data-uri.ts';
import type { InstanceNode } from '../planner/nodes.ts';
import type { Context } from './context.ts';
import { parseFirst } from './limits.ts';
import { instanceRefOf, requireRepresentation } from './retrieve.ts';

type BinaryElement = Element & { kind: 'binary' };

const encapsulatedDocument = tagOf('EncapsulatedDocument');
const maxBulkDataLinks = 1_000;
const pixelTags: ReadonlySet<string> = new Set(['7FE00010', '7FE00008', '7FE00009']);

/** Pixels are frames and native objects, never bulk data. Those of an icon are no frames: they are bytes of an item. */
const isPixels = (path: AttributePath, { tag }: BinaryElement): boolean => path.length === 1 && pixelTags.has(tag);

/**
 * A link to the bytes of a binary attribute of an instance. Null: no value, or pixel data, or the origin gives neither
 * bytes nor an address (Orthanc 1.10 writes the first number of OD and OF as a Value).
 *
 * An encapsulated document has its own media type, every other value is application/octet-stream.
 *
 * The origin's own address for it is taken apart, checked and put below the configured origin before it is signed.
 *
 * @throws {FacadeError} ORIGIN_RESPONSE: the address leads elsewhere. REPRESENTATION_UNAVAILABLE.
 */
export async function linkBulkData(
  context: Context,
  instance: InstanceNode,
  path: AttributePath,
  element: BinaryElement,
): Promise<SignedUrl | null> {
  if (element.isEmpty || isPixels(path, element)) return null;
  if (element.inlineBinary === null && element.bulkDataUri === null) return null;
  const { origin } = instance.loaders;
  requireRepresentation(origin, 'BULKDATA');
  const uri = element.bulkDataUri;
  const mediaType = await mediaTypeOf(instance, path);
  return context.links.bulkData(origin.id, instanceRefOf(instance), {
    attributePath: formatAttributePath(path),
    originPath: uri === null ? null : rebaseBulkDataUri(origin, uri, contextOf(instance)),
    mediaType,
  });
}

/** A document opens as what it is; every other value is bytes. */
async function mediaTypeOf(instance: InstanceNode, [top, below]: AttributePath): Promise<string> {
  const isDocument = top?.tag === encapsulatedDocument && below === undefined;
  return (isDocument ? documentMediaTypeOf(await instance.metadata()) : null) ?? 'application/octet-stream';
}

/** A relative address is relative to the resource whose metadata held it. */
const contextOf = (instance: InstanceNode): BulkDataContext => ({
  study: instance.study,
  series: instance.series,
  instance: instance.instance,
  metadataOf: instance.loaders.metadataSource(instance),
});

export interface BulkDataAt {
  readonly instance: InstanceNode;
  readonly path: AttributePath;
  readonly element: BinaryElement;
}

/** Binary attributes of an instance, in the order of its data set, or at the paths given. */
export async function listBulkData(
  instance: InstanceNode,
  paths: readonly string[] | null,
  first: number,
): Promise<readonly BulkDataAt[]> {
  const limit = parseFirst(first, maxBulkDataLinks, 20);
  requireRepresentation(instance.loaders.origin, 'BULKDATA');
  const parsed = paths?.map((path) => parseAttributePath(path)) ?? null;
  const dataSet = await instance.metadata();
  const found = parsed === null ? binaries(dataSet) : parsed.flatMap((path) => elementAt(dataSet, path));
  const links: BulkDataAt[] = [];
  for (const { path, element } of found) {
    if (links.length === limit) break;
    if (!element.isEmpty && !isPixels(path, element)) links.push({ instance, path, element });
  }
  return links;
}

interface Located {
  readonly path: AttributePath;
  readonly element: BinaryElement;
}

function elementAt(dataSet: DataSet, path: AttributePath): readonly Located[] {
  const element = dataSet.at(path);
  if (element === undefined) return [];
  if (element.kind === 'binary') return [{ path, element }];
  throw new FacadeError('BAD_USER_INPUT', 'An attribute at these paths is not binary', { argument: 'paths' });
}

function* binaries(dataSet: DataSet): Generator<Located> {
  for (const { path, element } of walkElements(dataSet)) if (element.kind === 'binary') yield { path, element };
}
