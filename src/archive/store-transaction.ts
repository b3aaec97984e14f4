import type { IncomingMessage } from 'node:http';
import { failureReasons, type StoreResult, storeStatus, toStoreResponse } from '../dicom/store-response.ts';
import { isUid } from '../dicom/uid.ts';
import { RequestBody } from '../mime/request-body.ts';
import { tooLarge, UploadError } from '../mime/upload-error.ts';
import { uploadParts } from '../mime/upload-parts.ts';
import type { Answer } from './answer.ts';
import type { Archive } from './archive.ts';
import type { ReceivedFile } from './incoming.ts';
import { badRequest, notFound, toProblem } from './problem.ts';
import { type StoreOutcome, type StoreTarget, storeInstance } from './store-instance.ts';

/** Bounds of one request to store. */
export interface StoreBounds {
  /** Of the whole body. */
  readonly maxBytes: number;
  /** Files in one body. */
  readonly maxFiles: number;
}

/**
 * Answers STOW-RS: POST /studies and POST /studies/STUDY.
 *
 * The body is received whole before anything of it is stored: one that breaks off, or is not multipart, or too large, leaves
 * nothing. Then every file is stored or refused by itself. 200: all are stored; 202: some; 409: none; 400: none can be read,
 * or the body is not what it should be. The report is application/dicom+json, whatever Accept says: once files are stored,
 * it is too late to refuse.
 *
 * @param segments - The path below the base URL.
 * @throws {ArchiveError} NOT_FOUND for a path that takes no files, BAD_USER_INPUT for one whose UID is no UID.
 * @see PS3.18 §10.5
 */
export async function storeTransaction(
  archive: Archive,
  segments: readonly string[],
  request: IncomingMessage,
  { baseUrl, onError }: { readonly baseUrl: string; readonly onError: (error: unknown) => void },
): Promise<Answer> {
  const study = targetOf(segments);
  try {
    const received = await receiveAll(archive, request);
    if (received.length === 0) throw badRequest('There is no file in the body');
    const outcomes = await archive.oneAtATime(() => storeAll(archive, received, { study, baseUrl }, onError));
    const result = toResult(outcomes, baseUrl);
    return {
      status: storeStatus(result),
      headers: { 'content-type': 'application/dicom+json' },
      body: JSON.stringify(toStoreResponse(result)),
    };
  } catch (error) {
    if (error instanceof UploadError) return toProblem(error, error.status);
    throw error;
  }
}

function targetOf([first, study, ...rest]: readonly string[]): string | null {
  if (first !== 'studies' || rest.length > 0)
    throw notFound('Files are stored at /studies, or at a study: see PS3.18 §10.5');
  if (study === undefined) return null;
  if (!isUid(study)) throw badRequest('The UID in the path is not a UID');
  return study;
}

/** @throws {UploadError} The body is not what it should be; what was received of it is let go. */
async function receiveAll(
  { incoming, storeBounds: { maxBytes, maxFiles } }: Archive,
  request: IncomingMessage,
): Promise<readonly ReceivedFile[]> {
  if (incoming === null) throw notFound('This archive takes no files');
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const body = new RequestBody(request, maxBytes);
  const received: ReceivedFile[] = [];
  try {
    for await (const part of uploadParts(request.headers, body)) {
      if (received.length === maxFiles) throw new UploadError(413, `The body has more than ${maxFiles} files`);
      received.push(await incoming.receive(part));
    }
    return received;
  } catch (error) {
    await dropAll(received);
    throw error;
  } finally {
    body.destroy();
  }
}

/** A fault with one file does not hide what became of the others. */
async function storeAll(
  archive: Archive,
  received: readonly ReceivedFile[],
  target: StoreTarget,
  onError: (error: unknown) => void,
): Promise<readonly StoreOutcome[]> {
  const outcomes: StoreOutcome[] = [];
  for (const file of received) {
    try {
      outcomes.push(await storeInstance(archive, file, target));
    } catch (error) {
      onError(error);
      outcomes.push({ kind: 'unreadable', failureReason: failureReasons.processingFailure });
    }
  }
  return outcomes;
}

const dropAll = (files: readonly ReceivedFile[]): Promise<unknown> => Promise.all(files.map((file) => file.drop()));

function toResult(outcomes: readonly StoreOutcome[], baseUrl: string): StoreResult {
  const stored = outcomes.filter((outcome) => outcome.kind === 'stored');
  const [study, another] = new Set(stored.map((outcome) => outcome.study));
  return {
    stored: stored.map(({ instance }) => instance),
    failed: outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? [outcome.instance] : [])),
    otherFailures: outcomes.flatMap((outcome) => (outcome.kind === 'unreadable' ? [outcome.failureReason] : [])),
    retrieveUrl: study !== undefined && another === undefined ? `${baseUrl}/studies/${study}` : null,
  };
}
