import type { DataSet } from '../dicom/data-set.ts';
import { retrieveBulkData } from '../origin/bulk-data.ts';
import { retrieveFrame, type WantedSyntax } from '../origin/frame.ts';
import { retrieveInstance } from '../origin/instance.ts';
import { retrieveMetadata } from '../origin/metadata.ts';
import { type NativeObjects, retrieveNativeObjects } from '../origin/native-objects.ts';
import type { Origin, RequestOptions } from '../origin/origin.ts';
import type { Payload } from '../origin/payload.ts';
import { type RenderedRef, type Rendering, retrieveRendered } from '../origin/rendered.ts';
import type { InstanceRef, ObjectRef, SeriesRef, StudyRef } from '../origin/resource.ts';
import { retrieveThumbnail, type ThumbnailForm } from '../origin/thumbnail.ts';
import type { Delivery } from './delivery.ts';

/** A payload that may be one which is kept: then its digest is known, and it can be opened anywhere. */
export interface SourcePayload extends Payload, Pick<Delivery, 'etag' | 'openRange'> {}

/** Makes a payload where none is kept: asks the origin, or computes it of what is asked. */
export type LoadPayload = (options: RequestOptions) => Promise<SourcePayload>;

/** One binary attribute of an instance. */
export interface ValueRef extends InstanceRef {
  readonly attributePath: string;
  /** Path and query on the origin's host, rebased and checked. */
  readonly originPath: string;
}

/**
 * The objects of an origin as one caller may see them: asked of the origin, or of what is kept of its answers. Everything
 * that delivers takes them from here, so that all forms of links share what is kept. What comes is as the origin gave it:
 * policy and our addresses are put on it after.
 *
 * Each throws what the function of the same name in src/origin throws.
 */
export interface Source {
  readonly origin: Origin;
  instance(ref: InstanceRef, wanted: WantedSyntax, options: RequestOptions): Promise<SourcePayload>;
  frame(ref: InstanceRef, frame: number, wanted: WantedSyntax, options: RequestOptions): Promise<SourcePayload>;
  /** @param load - Who renders; default: the origin. Its result is kept under the same name. */
  rendered(ref: RenderedRef, rendering: Rendering, options: RequestOptions, load?: LoadPayload): Promise<SourcePayload>;
  /** @param load - Who makes the thumbnail; default: the origin. */
  thumbnail(ref: RenderedRef, form: ThumbnailForm, options: RequestOptions, load?: LoadPayload): Promise<SourcePayload>;
  bulkData(ref: ValueRef, options: RequestOptions): Promise<SourcePayload>;
  /** All instances of a study or series that may be seen, as files. They are not kept. */
  objects(ref: StudyRef | SeriesRef, wanted: WantedSyntax, options: RequestOptions): Promise<NativeObjects>;
  metadata(ref: ObjectRef, options: RequestOptions): Promise<readonly DataSet[]>;
  /** null: whatever the origin has may be seen. */
  readonly visibleBelow: FindVisible | null;
}

/** An instance that may be seen. */
export interface VisibleInstance extends InstanceRef {
  /** Row or metadata: Modality, SOP Class UID, Patient ID, and what tells whether it has pixels, as far as it has them. */
  readonly dataSet: DataSet;
}

/** The instances of a study or series that may be seen. */
export type FindVisible = (ref: StudyRef | SeriesRef, options: RequestOptions) => Promise<readonly VisibleInstance[]>;

/** What an origin gives, each time anew. */
export function directSource(origin: Origin): Source {
  return {
    origin,
    instance: (ref, wanted, options) => retrieveInstance(origin, ref, wanted, options),
    frame: (ref, frame, wanted, options) => retrieveFrame(origin, ref, frame, wanted, options),
    rendered: (ref, rendering, options, load) =>
      load === undefined ? retrieveRendered(origin, ref, rendering, options) : load(options),
    thumbnail: (ref, form, options, load) =>
      load === undefined ? retrieveThumbnail(origin, ref, form, options) : load(options),
    bulkData: ({ originPath }, options) => retrieveBulkData(origin, originPath, options),
    objects: (ref, wanted, options) => retrieveNativeObjects(origin, ref, wanted, options),
    metadata: (ref, options) => retrieveMetadata(origin, ref, options),
    visibleBelow: null,
  };
}

/** What is known of a payload beside its bytes: when the origin says that it changed, and of one that is kept its digest. */
export function factsOf({
  etag,
  openRange,
  headers,
}: SourcePayload): Pick<Delivery, 'etag' | 'openRange' | 'lastModified'> {
  const lastModified = Date.parse(headers.get('last-modified') ?? '');
  return {
    ...(etag === undefined ? {} : { etag }),
    ...(openRange === undefined ? {} : { openRange }),
    ...(Number.isNaN(lastModified) ? {} : { lastModified }),
  };
}
