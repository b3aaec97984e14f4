import { isUid } from '../dicom/uid.ts';
import type { Answer, Request } from './answer.ts';
import type { Archive } from './archive.ts';
import type { InstanceEntry, ResourceUids } from './archive-index.ts';
import { retrieveBulkData } from './bulk-data.ts';
import { findInstances } from './find-instances.ts';
import { retrieveFrames } from './frames.ts';
import { retrieveMetadata } from './metadata.ts';
import { retrieveNative } from './native.ts';
import { badRequest, notFound } from './problem.ts';
import { retrieveRendered, retrieveThumbnail } from './rendered.ts';
import { retrieveDocument } from './rendered-document.ts';
import { searchTransaction } from './search-transaction.ts';
import { parseFrameList } from './stored-image.ts';

/**
 * Finds the transaction of a path and runs it (PS3.18 §10.1.1: resources and their target URLs).
 *
 * @param segments - The path below the base URL, not decoded: none of its resources need an escape.
 * @throws {ArchiveError} NOT_FOUND for a path that is none, BAD_USER_INPUT for one whose UID is no UID.
 */
export async function route(archive: Archive, segments: readonly string[], request: Request): Promise<Answer> {
  const [first, study, second, series, third, instance, ...rest] = segments;
  if (segments.length === 1) {
    if (first === 'studies') return searchTransaction(archive, 'study', {}, request);
    if (first === 'series') return searchTransaction(archive, 'series', {}, request);
    if (first === 'instances') return searchTransaction(archive, 'instance', {}, request);
  }
  if (first !== 'studies' || study === undefined || segments.includes('')) throw unknown();
  if (!isUid(study)) throw badUid();
  if (second !== 'series' || series === undefined) {
    if (series === undefined) {
      if (second === 'series') return searchTransaction(archive, 'series', { study }, request);
      if (second === 'instances') return searchTransaction(archive, 'instance', { study }, request);
    }
    return retrieve(archive, { study }, segments.slice(2), request);
  }
  if (!isUid(series)) throw badUid();
  if (third !== 'instances' || instance === undefined) {
    if (third === 'instances') return searchTransaction(archive, 'instance', { study, series }, request);
    return retrieve(archive, { study, series }, segments.slice(4), request);
  }
  if (!isUid(instance)) throw badUid();
  return retrieve(archive, { study, series, instance }, rest, request);
}

/** @param rest - The path below the study, series or instance. */
async function retrieve(
  archive: Archive,
  uids: ResourceUids,
  rest: readonly string[],
  request: Request,
): Promise<Answer> {
  const [resource, ...below] = rest;
  if (resource === undefined) return retrieveNative(archive, uids, request);
  if (resource === 'metadata' && below.length === 0) return retrieveMetadata(archive, uids, request);
  if (resource === 'thumbnail' && below.length === 0) return retrieveThumbnail(archive, uids, null, request);
  if (uids.instance === undefined) throw unknown();
  return retrieveOfInstance(archive, uids, resource, below, request);
}

async function retrieveOfInstance(
  archive: Archive,
  uids: ResourceUids,
  resource: string,
  below: readonly string[],
  request: Request,
): Promise<Answer> {
  const [first, second, ...more] = below;
  const instance = (): InstanceEntry => findInstances(archive, uids)[0];
  if (resource === 'rendered' && first === undefined) {
    const document = instance().hasPixelData ? null : await retrieveDocument(archive, instance(), request);
    return document ?? retrieveRendered(archive, instance(), 1, request);
  }
  if (resource === 'bulkdata' && first !== undefined) {
    return retrieveBulkData(archive, instance(), below.join('/'), request);
  }
  if (resource !== 'frames' || first === undefined || more.length > 0) throw unknown();
  const frameNumbers = parseFrameList(first);
  if (second === undefined) return retrieveFrames(archive, instance(), frameNumbers, request);
  if (second !== 'rendered' && second !== 'thumbnail') throw unknown();
  const [frameNumber] = frameNumbers;
  if (frameNumber === undefined || frameNumbers.length > 1)
    throw badRequest('Pictures are made of one frame at a time');
  if (second === 'thumbnail') return retrieveThumbnail(archive, uids, frameNumber, request);
  return retrieveRendered(archive, instance(), frameNumber, request);
}

const unknown = () => notFound('No such resource: see PS3.18 §10.1.1');
const badUid = () => badRequest('A UID in the path is not a UID');
