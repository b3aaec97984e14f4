import { randomUUID } from 'node:crypto';
import {
  type FailedInstance,
  failureReasons,
  parseStoreResponse,
  type StoredInstance,
  type StoreResult,
} from '../dicom/store-response.ts';
import type { Uid } from '../dicom/uid.ts';
import { FacadeError } from '../errors.ts';
import { discard } from '../mime/discard.ts';
import type { Origin, OriginResponse, OriginUpload, RequestOptions } from './origin.ts';
import { OriginError, OriginResponseError } from './origin-errors.ts';
import { readDataSets } from './read-body.ts';
import { resourcePath } from './resource.ts';
import { toStatusError } from './response-status.ts';

/** One DICOM file on its way to an origin. */
export interface InstanceToStore {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  /** In bytes. */
  readonly length: number;
  /** Called once, when the files before it are sent. */
  open(): AsyncIterable<Uint8Array>;
}

/**
 * Stores instances (STOW-RS), as one request that is never sent again: a request that broke off may have stored any of them.
 *
 * @param study - What the instances belong to: the origin refuses others. null: any study.
 * @returns What the origin says of every instance, each once. One that it does not mention is stored where the status says
 *   that all are, else failed (Failure Reason 0110). URLs of the origin are left out.
 * @throws {FacadeError} REPRESENTATION_UNAVAILABLE: the origin stores nothing (404, 405, 501), which is remembered;
 *   PAYLOAD_TOO_LARGE: it takes no body so large.
 * @throws {OriginError} One of its classes: nothing is known of what was stored.
 * @see PS3.18 §10.5
 */
export async function storeInstances(
  origin: Origin,
  study: Uid | null,
  instances: readonly InstanceToStore[],
  options: RequestOptions = {},
): Promise<StoreResult> {
  const path = study === null ? '/studies' : resourcePath({ study });
  const read = (response: OriginResponse) => readResult(response, instances, origin.config.maxMetadataBytes);
  return postStore(origin, path, toMultipart(instances), read, options);
}

const probes = new WeakMap<Origin, Promise<void>>();

/**
 * Whether the origin stores instances: as it is configured, or as it was seen to. When that is asked first, the origin is
 * sent a body without any file: who stores nothing has no such resource, who stores finds nothing to store.
 *
 * @throws {OriginError} The origin cannot be asked now.
 */
export async function ensureStoring(origin: Origin, options: RequestOptions = {}): Promise<boolean> {
  const isKnown = (): boolean => origin.capabilities.evidence.some(({ capability }) => capability === 'storing');
  if (isKnown()) return origin.capabilities.storing;
  const running = probes.get(origin) ?? probe(origin, options).finally(() => probes.delete(origin));
  probes.set(origin, running);
  await running;
  return origin.capabilities.storing;
}

/** Statuses of a resource that does not store, or not for us, or not what we send. */
const refusals: ReadonlySet<number> = new Set([401, 403, 415]);

async function probe(origin: Origin, options: RequestOptions): Promise<void> {
  try {
    await postStore(origin, '/studies', toMultipart([]), ({ body }) => discard(body), options);
    learnStoring(origin, true);
  } catch (error) {
    if (error instanceof OriginError && refusals.has(error.status ?? 0)) learnStoring(origin, false);
    else if (!(error instanceof StoringUnavailableError)) throw error;
  }
}

/** 404, 405, 501: the origin has no resource that stores. */
class StoringUnavailableError extends FacadeError {
  constructor(origin: string) {
    super('REPRESENTATION_UNAVAILABLE', 'This origin stores nothing', { origin });
  }
}

const learnStoring = (origin: Origin, supported: boolean): void =>
  origin.learn([{ capability: 'storing', supported, set: { storing: supported } }]);

async function postStore<T>(
  origin: Origin,
  path: string,
  upload: OriginUpload,
  read: (response: OriginResponse) => T | Promise<T>,
  options: RequestOptions,
): Promise<T> {
  try {
    const accept = 'application/dicom+json';
    return await origin.request(
      { transaction: 'store instances', path, accept, purpose: 'payload', upload },
      read,
      options,
    );
  } catch (error) {
    if (!(error instanceof OriginError)) throw error;
    if (error.status === 413) {
      throw new FacadeError('PAYLOAD_TOO_LARGE', 'The origin takes no body so large', { origin: origin.id });
    }
    if (error.status !== 404 && error.status !== 405 && error.status !== 501) throw error;
    learnStoring(origin, false);
    throw new StoringUnavailableError(origin.id);
  }
}

async function readResult(
  response: OriginResponse,
  instances: readonly InstanceToStore[],
  maxBytes: number,
): Promise<StoreResult> {
  const { status, facts } = response;
  const told = await readReport(response, maxBytes);
  if (told === null && status !== 200) throw toStatusError(status, facts);
  const failed = new Map(told?.failed.map((instance) => [instance.sopInstanceUid, instance.failureReason]));
  const stored = new Map(told?.stored.map((instance) => [instance.sopInstanceUid, instance.warningReason]));
  const result: { stored: StoredInstance[]; failed: FailedInstance[] } = { stored: [], failed: [] };
  for (const { sopClassUid, sopInstanceUid } of instances) {
    const failureReason = failed.get(sopInstanceUid);
    const warningReason = stored.get(sopInstanceUid);
    if (failureReason === undefined && (warningReason !== undefined || status === 200)) {
      result.stored.push({ sopClassUid, sopInstanceUid, warningReason: warningReason ?? null, retrieveUrl: null });
    } else {
      result.failed.push({
        sopClassUid,
        sopInstanceUid,
        failureReason: failureReason ?? failureReasons.processingFailure,
      });
    }
  }
  return { ...result, otherFailures: [], retrieveUrl: null };
}

/** null: the origin says nothing that can be read, or nothing about instances. The status alone may be enough. */
async function readReport(response: OriginResponse, maxBytes: number): Promise<StoreResult | null> {
  try {
    const [dataSet] = await readDataSets(response, maxBytes);
    if (dataSet === undefined) return null;
    const report = parseStoreResponse(dataSet);
    const isReport = report.stored.length + report.failed.length + report.otherFailures.length > 0;
    return isReport ? report : null;
  } catch (error) {
    if (error instanceof OriginResponseError) return null;
    throw error;
  }
}

function toMultipart(instances: readonly InstanceToStore[]): OriginUpload {
  const boundary = randomUUID();
  const head = Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`);
  const between = Buffer.from('\r\n');
  const tail = Buffer.from(`--${boundary}--\r\n`);
  const contentLength = instances.reduce((sum, { length }) => sum + head.length + length + between.length, tail.length);
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (const instance of instances) {
      yield head;
      yield* instance.open();
      yield between;
    }
    yield tail;
  }
  return {
    contentType: `multipart/related; type="application/dicom"; boundary=${boundary}`,
    contentLength,
    chunks: chunks(),
  };
}
