import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { FacadeError } from '../../errors.ts';
import type { BulkDataContext } from '../../origin/bulk-data-uri.ts';
import type { RequestOptions } from '../../origin/origin.ts';
import type { InstanceRef, ObjectRef } from '../../origin/resource.ts';
import type { Source } from '../source.ts';

export interface InstanceMetadata {
  readonly dataSet: DataSet;
  /** What relative addresses in it are relative to. */
  readonly metadataOf: NonNullable<BulkDataContext['metadataOf']>;
}

const sopInstanceUid = tagOf('SOPInstanceUID');

/**
 * The metadata of one instance: its own, or, where the origin has none (static-dicomweb), what that of its series or study
 * tells of it. One request.
 *
 * @throws {FacadeError} NOT_FOUND: no such instance; an origin that finds objects by something else than all of their UIDs.
 */
export async function retrieveInstanceMetadata(
  source: Source,
  { study, series, instance }: InstanceRef,
  options: RequestOptions,
): Promise<InstanceMetadata> {
  const { instanceMetadata, seriesMetadata } = source.origin.capabilities;
  const metadataOf = instanceMetadata ? 'instance' : seriesMetadata ? 'series' : 'study';
  const refs: Readonly<Record<typeof metadataOf, ObjectRef>> = {
    instance: { study, series, instance },
    series: { study, series },
    study: { study },
  };
  const dataSets = await source.metadata(refs[metadataOf], options);
  const dataSet = dataSets.find((candidate) => candidate.uid(sopInstanceUid) === instance);
  if (dataSet === undefined) throw new FacadeError('NOT_FOUND', 'The origin has no such instance');
  return { dataSet, metadataOf };
}
