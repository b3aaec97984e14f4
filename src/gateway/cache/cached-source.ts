import type { Origin } from '../../origin/origin.ts';
import { directSource, type Source } from '../source.ts';
import type { MetadataCache } from './metadata-cache.ts';
import type { PayloadCache } from './payload-cache.ts';
import {
  frameIdentity,
  nativeIdentity,
  renderedIdentity,
  thumbnailIdentity,
  valueIdentity,
} from './payload-identity.ts';

/**
 * An origin with caches before it.
 *
 * @param metadata - null: it is not kept.
 */
export function cachedSource(origin: Origin, payloads: PayloadCache, metadata: MetadataCache | null): Source {
  const direct = directSource(origin);
  return {
    origin,
    instance: (ref, wanted, options) =>
      payloads.get(nativeIdentity(origin, ref, wanted), (shared) => direct.instance(ref, wanted, shared), options),
    frame: (ref, frame, wanted, options) =>
      payloads.get(
        frameIdentity(origin, ref, frame, wanted),
        (shared) => direct.frame(ref, frame, wanted, shared),
        options,
      ),
    rendered: (ref, rendering, options, load) =>
      payloads.get(
        renderedIdentity(origin, ref, rendering),
        (shared) => direct.rendered(ref, rendering, shared, load),
        options,
      ),
    thumbnail: (ref, form, options, load) =>
      payloads.get(
        thumbnailIdentity(origin, ref, form),
        (shared) => direct.thumbnail(ref, form, shared, load),
        options,
      ),
    bulkData: (ref, options) =>
      payloads.get(valueIdentity(origin, ref), (shared) => direct.bulkData(ref, shared), options),
    objects: direct.objects,
    visibleBelow: direct.visibleBelow,
    metadata: (ref, options) => metadata?.get(origin, ref, options) ?? direct.metadata(ref, options),
  };
}
