import DataLoader from 'dataloader';
import type { DataSet } from '../dicom/data-set.ts';
import type { Uid } from '../dicom/uid.ts';
import { FacadeError } from '../errors.ts';
import type { Level } from '../origin/search.ts';
import { isPartialMetadata, isRefused } from './contradiction.ts';
import type { InstanceNode } from './nodes.ts';
import { type MetadataStep, planMetadata } from './plan.ts';
import { keyTag, type SearchRunner } from './search-runner.ts';
import { notFound, requiredUid, settle } from './steps.ts';

/** Loads the metadata of instances: those asked for in one tick by the requests that `planMetadata` gives. */
export class MetadataLoader {
  readonly #runner: SearchRunner;
  readonly #sources = new Map<Uid, Level>();
  readonly #loader = new DataLoader<InstanceNode, DataSet, string>((nodes) => this.#load(nodes), {
    cacheKeyFn: ({ study, series, instance }) => `${study} ${series} ${instance}`,
    name: 'metadata',
  });

  constructor(runner: SearchRunner) {
    this.#runner = runner;
  }

  load(node: InstanceNode): Promise<DataSet> {
    return this.#loader.load(node);
  }

  /** Which resource gave the metadata of an instance: what relative URIs in it are relative to. */
  sourceOf({ instance }: InstanceNode): Level {
    return this.#sources.get(instance) ?? 'instance';
  }

  async #load(nodes: readonly InstanceNode[]): Promise<(DataSet | Error)[]> {
    const { origin } = this.#runner;
    const found = new Map<Uid, DataSet>();
    let failed: Failure[] = [];
    let capabilities = origin.capabilities;
    for (let pending = nodes; pending.length > 0; ) {
      const failures = await this.#run(planMetadata(pending, capabilities), found);
      const contradicted = failures.filter(({ step, error }) => contradicts(step, error, pending));
      failed = [...failed, ...failures.filter((failure) => !contradicted.includes(failure))];
      const missing = contradicted.map(({ step }) => [capabilityOf(step), false] as const);
      capabilities = { ...capabilities, ...Object.fromEntries(missing) };
      pending = pending.filter((node) => contradicted.some(({ step }) => covers(step, node)));
    }
    for (const capability of ['studyMetadata', 'seriesMetadata'] as const) {
      if (capabilities[capability] || !origin.capabilities[capability] || found.size === 0) continue;
      const what = capability === 'studyMetadata' ? 'a study' : 'a series';
      this.#runner.unlearn(capability, `The origin does not give the whole metadata of ${what}`);
    }
    return nodes.map(
      (node) =>
        found.get(node.instance) ??
        failed.find(({ step }) => covers(step, node))?.error ??
        notFound(origin, 'instance'),
    );
  }

  async #run(steps: readonly MetadataStep[], found: Map<Uid, DataSet>): Promise<readonly Failure[]> {
    this.#runner.requireRequests(steps.length);
    const failures: Failure[] = [];
    const run = async (step: MetadataStep): Promise<void> => {
      const level = step.instance ? 'instance' : step.series ? 'series' : 'study';
      const dataSets = await this.#runner.metadata(step);
      if (level !== 'instance' && isPartialMetadata(dataSets)) throw new PartialMetadata(level);
      for (const dataSet of dataSets) {
        // Its list left it out, and told of it: it does not take the metadata of the others with it.
        if (dataSet.has(keyTag.instance) && !dataSet.uid(keyTag.instance)) continue;
        const instance = requiredUid(this.#runner.origin, dataSet, keyTag.instance);
        found.set(instance, dataSet);
        this.#sources.set(instance, level);
      }
    };
    await Promise.all(
      steps.map(async (step) => {
        const outcome = await settle(run(step));
        if (outcome instanceof Error) failures.push({ step, error: outcome });
      }),
    );
    return failures;
  }
}

interface Failure {
  readonly step: MetadataStep;
  readonly error: Error;
}

class PartialMetadata extends FacadeError {
  constructor(level: Level) {
    super('ORIGIN_RESPONSE', `The metadata of the ${level} lacks what every instance has`);
  }
}

/** The origin has no metadata at that level, or not all of it, although it has the instances: their rows were seen. */
const contradicts = (step: MetadataStep, error: Error, nodes: readonly InstanceNode[]): boolean =>
  step.instance === undefined &&
  (error instanceof PartialMetadata || (isRefused(error) && nodes.some((node) => node.row && covers(step, node))));

const capabilityOf = (step: MetadataStep): 'seriesMetadata' | 'studyMetadata' =>
  step.series ? 'seriesMetadata' : 'studyMetadata';

const covers = (step: MetadataStep, node: InstanceNode): boolean =>
  step.study === node.study &&
  (step.series ?? node.series) === node.series &&
  (step.instance ?? node.instance) === node.instance;
