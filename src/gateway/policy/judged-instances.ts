import { LRUCache } from 'lru-cache';
import type { RowGuard } from '../../access/row-guard.ts';
import { DataSet, type JsonElement } from '../../dicom/data-set.ts';
import type { Tag } from '../../dicom/tag.ts';
import { FacadeError } from '../../errors.ts';
import type { Origin, RequestOptions } from '../../origin/origin.ts';
import type { InstanceRef, ObjectRef } from '../../origin/resource.ts';
import { SharedFlight } from '../../origin/shared-flight.ts';
import { saidInstance } from '../object-uids.ts';
import type { Source } from '../source.ts';

export interface JudgedInstancesOptions {
  /** How long what an instance was judged by is taken for what it has, in milliseconds. Default 60,000. */
  readonly ttlMs?: number;
  /** Default 50,000. */
  readonly maxInstances?: number;
  /** Milliseconds of a clock that only goes forward; default performance.now. */
  readonly clock?: () => number;
}

/**
 * Judges instances by their metadata. What they are judged by is remembered for a moment, apart by whose credentials the
 * origin was asked with; what is allowed is not: that is today's rules' to say, each time.
 */
export interface JudgedInstances {
  /**
   * @param source - Of everything that the origin has.
   * @throws {FacadeError} NOT_FOUND: it may not be seen, or is not there.
   * @throws {OriginError} It could not be asked.
   */
  require(source: Source, ref: InstanceRef, guard: RowGuard, options: RequestOptions): Promise<void>;
  /** Those of the data sets, which are metadata, that may be seen. */
  visible(origin: Origin, dataSets: readonly DataSet[], guard: RowGuard): readonly DataSet[];
}

interface Known {
  readonly dataSet: DataSet;
  readonly expiresAt: number;
}

export function createJudgedInstances(options: JudgedInstancesOptions = {}): JudgedInstances {
  const { ttlMs = 60_000, maxInstances = 50_000, clock = () => performance.now() } = options;
  const known = new LRUCache<string, Known>({ max: maxInstances });
  const underWay = new Map<string, SharedFlight<readonly DataSet[]>>();

  function learn(origin: Origin, tags: ReadonlySet<Tag>, dataSets: readonly DataSet[]): void {
    const expiresAt = clock() + ttlMs;
    for (const whole of dataSets) {
      const ref = saidInstance(whole);
      if (ref !== null) known.set(keyOf(origin, ref, tags), { dataSet: partOf(whole, tags), expiresAt });
    }
  }

  /** A viewer asks for many frames of an instance at once. The question is not one client's: the last breaks it off. */
  function read(source: Source, ref: ObjectRef, { signal }: RequestOptions): Promise<readonly DataSet[]> {
    const { id, partition } = source.origin;
    const key = JSON.stringify([id, partition, ref.study, ref.series, ref.instance]);
    let question = underWay.get(key);
    if (question === undefined || question.isLost) {
      const asked = new SharedFlight((shared) => source.metadata(ref, { signal: shared }));
      const forget = (): void => {
        if (underWay.get(key) === asked) underWay.delete(key);
      };
      asked.settled.then(forget, forget);
      underWay.set(key, asked);
      question = asked;
    }
    return question.join(signal);
  }

  async function inputsOf(
    source: Source,
    ref: InstanceRef,
    tags: ReadonlySet<Tag>,
    options: RequestOptions,
  ): Promise<DataSet | null> {
    const { origin } = source;
    const key = keyOf(origin, ref, tags);
    const found = known.get(key);
    if (found !== undefined && found.expiresAt > clock()) return found.dataSet;
    learn(origin, tags, await read(source, resourceWithMetadata(origin, ref), options));
    return known.get(key)?.dataSet ?? null;
  }

  return {
    async require(source, ref, guard, options) {
      const dataSet = await inputsOf(source, ref, guard.tags, options);
      if (dataSet === null || guard.judge(() => dataSet) !== true) {
        throw new FacadeError('NOT_FOUND', 'There is no such object');
      }
    },
    visible(origin, dataSets, guard) {
      learn(origin, guard.tags, dataSets);
      return dataSets.filter((dataSet) => guard.judge(() => dataSet) === true);
    },
  };
}

/** The smallest resource that has the metadata of an instance. */
function resourceWithMetadata({ capabilities }: Origin, { study, series, instance }: InstanceRef): ObjectRef {
  if (capabilities.instanceMetadata) return { study, series, instance };
  return capabilities.seriesMetadata ? { study, series } : { study };
}

function partOf({ json }: DataSet, tags: ReadonlySet<Tag>): DataSet {
  const part: Record<string, JsonElement> = {};
  for (const tag of tags) if (json[tag] !== undefined) part[tag] = json[tag];
  return DataSet.parse(part);
}

const keyOf = ({ id, partition }: Origin, { study, series, instance }: InstanceRef, tags: ReadonlySet<Tag>): string =>
  JSON.stringify([id, partition, study, series, instance, [...tags].sort()]);
