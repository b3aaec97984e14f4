import { FacadeError } from '../../errors.ts';
import type { Origin, RequestOptions } from '../../origin/origin.ts';
import type { InstanceRef, ObjectRef, SeriesRef } from '../../origin/resource.ts';
import { search } from '../../origin/search.ts';
import { SharedFlight } from '../../origin/shared-flight.ts';
import { saidInstance, uidTags } from '../object-uids.ts';
import type { Source } from '../source.ts';

/** What is known of a study does not change: an instance is of one study and one series for good. */
const maxKnown = 20_000;

/**
 * Makes sure that a series or an instance which a client names is of the study and series that it is named with.
 *
 * An origin may find an object by the last UID of a path and not look at those before it; below a root that would open
 * every other study. So the object itself is asked, by its metadata: once, as what was seen is remembered.
 */
export interface ScopeMembers {
  /** What the metadata that was served tells. */
  learn(origin: Origin, ref: InstanceRef): void;
  /** @throws {FacadeError} NOT_FOUND: it is not, or is not there; or what reading metadata throws. */
  check(source: Source, ref: SeriesRef | InstanceRef, options: RequestOptions): Promise<void>;
}

export function createScopeMembers(): ScopeMembers {
  const known = new Set<string>();
  const underWay = new Map<string, SharedFlight<void>>();

  function remember(key: string): void {
    known.delete(key);
    known.add(key);
    const [oldest] = known;
    if (known.size > maxKnown && oldest !== undefined) known.delete(oldest);
  }

  function learn(origin: Origin, { study, series, instance }: InstanceRef): void {
    remember(keyOf(origin, { study, series, instance }));
    remember(keyOf(origin, { study, series }));
  }

  async function ask(source: Source, ref: SeriesRef | InstanceRef, signal: AbortSignal): Promise<void> {
    const { origin } = source;
    const asked = 'instance' in ref ? ref : await someInstance(origin, ref, signal);
    const [dataSet] = await source.metadata(asked, { signal });
    const told = dataSet && saidInstance(dataSet);
    if (!told || keyOf(origin, told) !== keyOf(origin, asked)) throw missing();
    learn(origin, told);
  }

  return {
    learn,
    async check(source, ref, options) {
      const key = keyOf(source.origin, ref);
      if (known.has(key)) return remember(key);
      // A viewer asks for many frames of an instance at once. The question is not one client's: the last breaks it off.
      let question = underWay.get(key);
      if (question === undefined || question.isLost) {
        const asked = new SharedFlight((signal) => ask(source, ref, signal));
        const forget = (): void => {
          if (underWay.get(key) === asked) underWay.delete(key);
        };
        asked.settled.then(forget, forget);
        underWay.set(key, asked);
        question = asked;
      }
      await question.join(options.signal);
    },
  };
}

async function someInstance(origin: Origin, ref: SeriesRef, signal: AbortSignal): Promise<InstanceRef> {
  const query = { level: 'instance', scope: ref, matches: new Map(), includeFields: [], limit: 1 } as const;
  const { dataSets } = await search(origin, query, { signal });
  const instance = dataSets[0]?.uid(uidTags.instance);
  if (!instance) throw missing();
  return { ...ref, instance };
}

/** What one caller was told says nothing to another. */
const keyOf = ({ id, partition }: Origin, { study, series, instance }: ObjectRef): string =>
  JSON.stringify([id, partition, study, series, instance]);

const missing = () => new FacadeError('NOT_FOUND', 'There is no such object below this root');
