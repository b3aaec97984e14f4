import { Readable } from 'node:stream';
import type { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { FacadeError } from '../errors.ts';
import type { LinkGrant } from '../links/grant.ts';
import { LinkGrantError } from '../links/link-error.ts';
import type { Links } from '../links/links.ts';
import { type BulkDataContext, rebaseBulkDataUri } from '../origin/bulk-data-uri.ts';
import { retrieveMetadata } from '../origin/metadata.ts';
import type { Origin, RequestOptions } from '../origin/origin.ts';
import { OriginResponseError } from '../origin/origin-errors.ts';
import type { ObjectRef } from '../origin/resource.ts';
import type { Delivery } from './delivery.ts';
import { objectOf } from './granted-object.ts';
import { type LinkBulkData, toLinkedMetadata } from './metadata-links.ts';

const studyTag = tagOf('StudyInstanceUID');
const seriesTag = tagOf('SeriesInstanceUID');
const instanceTag = tagOf('SOPInstanceUID');

/**
 * The metadata of a study, series or instance, with links where the origin wrote addresses of its own. Instances that
 * the origin answers with though they are not of what is granted are left out.
 *
 * @param links - Those of the one who was granted this; they do not outlive the grant.
 */
export async function deliverMetadata(
  origin: Origin,
  grant: LinkGrant,
  links: Links,
  options: RequestOptions,
): Promise<Delivery> {
  const ref = objectOf(grant);
  const dataSets = (await retrieveMetadata(origin, ref, options)).filter((dataSet) => isWithin(dataSet, ref));
  if (dataSets.length === 0) throw new FacadeError('NOT_FOUND', 'The origin has no instance of it');
  return {
    status: 200,
    contentType: 'application/dicom+json',
    contentLength: null,
    isText: true,
    body: Readable.from(
      jsonOf(dataSets, (dataSet) => bulkDataLinks(origin, ref, dataSet, links)),
      { objectMode: false },
    ),
  };
}

/** One data set at a time: a study's metadata as one text would be held twice. */
function* jsonOf(dataSets: readonly DataSet[], linksOf: (dataSet: DataSet) => LinkBulkData) {
  let lead = '[';
  for (const dataSet of dataSets) {
    yield `${lead}${JSON.stringify(toLinkedMetadata(dataSet.json, linksOf(dataSet)))}`;
    lead = ',';
  }
  yield ']';
}

/** UIDs are what the origin says they are; where it does not say one, what was asked for. */
function isWithin(dataSet: DataSet, { study, series, instance }: ObjectRef): boolean {
  return (
    (dataSet.uid(studyTag) ?? study) === study &&
    (series === undefined || (dataSet.uid(seriesTag) ?? series) === series) &&
    (instance === undefined || (dataSet.uid(instanceTag) ?? instance) === instance)
  );
}

function bulkDataLinks(origin: Origin, asked: ObjectRef, dataSet: DataSet, links: Links): LinkBulkData {
  const series = asked.series ?? dataSet.uid(seriesTag);
  const instance = asked.instance ?? dataSet.uid(instanceTag);
  if (!series || !instance) return () => null;
  const ref = { study: asked.study, series, instance };
  const context: BulkDataContext = { ...ref, metadataOf: levelOf(asked) };
  return (attributePath, uri) => {
    try {
      const originPath = rebaseBulkDataUri(origin, uri, context);
      return links.bulkData(origin.id, ref, { attributePath, originPath }).url;
    } catch (error) {
      // It leads elsewhere, or is too long for a URL.
      if (error instanceof OriginResponseError || error instanceof LinkGrantError) return null;
      throw error;
    }
  };
}

function levelOf({ series, instance }: ObjectRef): 'study' | 'series' | 'instance' {
  if (instance !== undefined) return 'instance';
  return series === undefined ? 'study' : 'series';
}
