import { isUid } from '../dicom/uid.ts';
import type { Answer, Request } from './answer.ts';
import type { Archive } from './archive.ts';
import type { ResourceUids } from './archive-index.ts';
import { retrieveMetadata } from './metadata.ts';
import { retrieveNative } from './native.ts';
import { badRequest, notFound } from './problem.ts';
import { searchTransaction } from './search-transaction.ts';

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
  if (first !== 'studies' || study === undefined) throw unknown();
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
  throw unknown();
}

const unknown = () => notFound('No such resource: see PS3.18 §10.1.1');
const badUid = () => badRequest('A UID in the path is not a UID');
