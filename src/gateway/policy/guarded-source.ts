import type { RowGuard } from '../../access/row-guard.ts';
import { FacadeError } from '../../errors.ts';
import type { RequestOptions } from '../../origin/origin.ts';
import type { InstanceRef, ObjectRef } from '../../origin/resource.ts';
import type { Source } from '../source.ts';
import type { JudgedInstances } from './judged-instances.ts';
import { visibleInstances } from './visible-instances.ts';
import { visibleObjects } from './visible-objects.ts';

/**
 * What may be seen of a source. Whatever is kept of the origin's answers is given only after the instance that it is of was
 * judged; of a study or series what may not be seen is left out.
 *
 * Everything throws NOT_FOUND for what may not be seen, as for what is not there.
 */
export function guardedSource(source: Source, guard: RowGuard, judged: JudgedInstances): Source {
  const require = (ref: InstanceRef, options: RequestOptions): Promise<void> =>
    judged.require(source, ref, guard, options);

  /** An image of several instances may be of any of them. */
  async function requireAll({ study, series, instance }: ObjectRef, options: RequestOptions): Promise<void> {
    if (series !== undefined && instance !== undefined) return require({ study, series, instance }, options);
    const all = await source.metadata(series === undefined ? { study } : { study, series }, options);
    if (judged.visible(source.origin, all, guard).length < all.length) throw missing();
  }

  return {
    origin: source.origin,
    async instance(ref, wanted, options) {
      await require(ref, options);
      return source.instance(ref, wanted, options);
    },
    async frame(ref, frame, wanted, options) {
      await require(ref, options);
      return source.frame(ref, frame, wanted, options);
    },
    async rendered(ref, rendering, options, load) {
      await requireAll(ref, options);
      return source.rendered(ref, rendering, options, load);
    },
    async thumbnail(ref, form, options, load) {
      await requireAll(ref, options);
      return source.thumbnail(ref, form, options, load);
    },
    async bulkData(ref, options) {
      await require(ref, options);
      return source.bulkData(ref, options);
    },
    async objects(ref, wanted, options) {
      // Who may see nothing of it is not to make the origin send all of it.
      if ((await visibleInstances(source, ref, guard, judged, options)).length === 0) throw missing();
      return visibleObjects(await source.objects(ref, wanted, options), ref, guard);
    },
    async metadata(ref, options) {
      return judged.visible(source.origin, await source.metadata(ref, options), guard);
    },
    visibleBelow: (ref, options) => visibleInstances(source, ref, guard, judged, options),
  };
}

const missing = () => new FacadeError('NOT_FOUND', 'There is no such object');
