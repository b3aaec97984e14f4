import DataLoader from 'dataloader';
import type { DataSet } from '../dicom/data-set.ts';
import type { Uid } from '../dicom/uid.ts';
import type { Level } from '../origin/search.ts';
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
    const failed: { step: MetadataStep; error: Error }[] = [];
    const run = async (step: MetadataStep): Promise<void> => {
      const level = step.instance ? 'instance' : step.series ? 'series' : 'study';
      for (const dataSet of await this.#runner.metadata(step)) {
        const instance = requiredUid(origin, dataSet, keyTag.instance);
        found.set(instance, dataSet);
        this.#sources.set(instance, level);
      }
    };
    await Promise.all(
      planMetadata(nodes).map(async (step) => {
        const outcome = await settle(run(step));
        if (outcome instanceof Error) failed.push({ step, error: outcome });
      }),
    );
    return nodes.map(
      (node) =>
        found.get(node.instance) ??
        failed.find(({ step }) => covers(step, node))?.error ??
        notFound(origin, 'instance'),
    );
  }
}

const covers = (step: MetadataStep, node: InstanceNode): boolean =>
  step.study === node.study &&
  (step.series ?? node.series) === node.series &&
  (step.instance ?? node.instance) === node.instance;
