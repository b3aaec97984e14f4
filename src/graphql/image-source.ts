import type { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { FunctionalGroups, hasFunctionalGroups } from '../dicom/functional-groups.ts';
import type { Tag } from '../dicom/tag.ts';
import type { InstanceNode } from '../planner/nodes.ts';
import type { AttributeSource } from './attribute-field.ts';

const sopClassUID = tagOf('SOPClassUID');

/**
 * What the modules of an instance read from: the instance, and what all its frames share where its SOP Class has
 * functional groups. So `acquisition.kvp` is told of an enhanced image too.
 *
 * Rows never have functional groups: what a row of such an instance lacks costs its metadata; of all others, nothing.
 */
export class ImageSource implements AttributeSource {
  readonly instance: InstanceNode;

  constructor(instance: InstanceNode) {
    this.instance = instance;
  }

  read(tag: Tag): DataSet | Promise<DataSet> {
    const own = this.instance.read(tag);
    if (own instanceof Promise) return this.#await(own, tag);
    if (own.has(tag)) return own;
    const kind = this.instance.read(sopClassUID);
    if (kind instanceof Promise) return this.#await(own, tag);
    return hasFunctionalGroups(kind.text(sopClassUID)) ? this.#fromGroups(tag) : own;
  }

  async #await(own: DataSet | Promise<DataSet>, tag: Tag): Promise<DataSet> {
    const dataSet = await own;
    if (dataSet.has(tag)) return dataSet;
    const kind = await this.instance.read(sopClassUID);
    return hasFunctionalGroups(kind.text(sopClassUID)) ? this.#fromGroups(tag) : dataSet;
  }

  async #fromGroups(tag: Tag): Promise<DataSet> {
    const metadata = await this.instance.metadata();
    return FunctionalGroups.of(metadata)?.findShared(tag)?.dataSet ?? metadata;
  }
}
