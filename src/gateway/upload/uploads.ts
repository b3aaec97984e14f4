import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { RowGuard } from '../../access/row-guard.ts';
import { type LinkAudit, type LinkRequest, noLinkAudit } from '../../audit/link-audit.ts';
import { type StoreResult, storeStatus, toStoreResponse } from '../../dicom/store-response.ts';
import { isUid, type Uid } from '../../dicom/uid.ts';
import { FacadeError, isCodedError } from '../../errors.ts';
import type { LinkGrant } from '../../links/grant.ts';
import { LinkInvalidError } from '../../links/link-error.ts';
import { type LinkAuthority, redeemLink } from '../../links/redeem.ts';
import { dropRest, RequestBody } from '../../mime/request-body.ts';
import { tooLarge, tooSlow, UploadError } from '../../mime/upload-error.ts';
import { uploadParts } from '../../mime/upload-parts.ts';
import type { Origin, RequestOptions } from '../../origin/origin.ts';
import { storeInstances } from '../../origin/store.ts';
import type { Admit } from '../admission.ts';
import { requestIdOf } from '../answer.ts';
import { type GrantedOrigins, originOf } from '../granted-origin.ts';
import { hidingOrigin } from '../hidden-origin.ts';
import { parseLinkTarget } from '../link-target.ts';
import type { LinkPolicy } from '../policy/link-policy.ts';
import { createStorePolicy } from '../policy/store-policy.ts';
import { toProblem } from '../problem.ts';
import { sendProblem, sendReport } from '../send.ts';
import { directSource } from '../source.ts';
import { type GoodPart, judgeParts } from './judge-parts.ts';
import { defaultSenderBounds, type SenderBounds, watchSender } from './sender-pace.ts';
import type { SpentLinks } from './spent-links.ts';
import { Spool, type Spooled } from './spool.ts';
import { StorageError } from './storage-error.ts';

export interface UploadOptions extends GrantedOrigins, LinkAuthority {
  readonly spentLinks: SpentLinks;
  /** Milliseconds since the epoch; default Date.now. */
  readonly clock?: () => number;
  /** Uploads at one time; one more is answered 503. Default 8. */
  readonly maxUploads?: number;
  /** Bytes of one upload held in memory; what is more waits in a file. Default 8 MiB. */
  readonly spoolMemoryBytes?: number;
  /** How slowly a client may send; default: 1,000 bytes a second over a minute. */
  readonly senders?: SenderBounds;
  /** Told when an origin was sent files of studies: what is remembered of them may be old. The report waits for it. */
  readonly onStored?: (origin: string, studies: ReadonlySet<Uid>) => void | Promise<void>;
  /** Whether it is not too often; default: it never is. */
  readonly admit?: Admit | undefined;
  /** Whether its subject may store now, and what; default: whoever has the link, anything. */
  readonly policy?: Pick<LinkPolicy, 'bearerOf'> | undefined;
  /** Where it is told who stored what; default: nowhere. */
  readonly audit?: LinkAudit | undefined;
  /** Told of faults of ours, and of our disk's. */
  readonly onError?: (error: unknown, requestId?: string) => void;
}

/** The client left before anything was done that could fail. */
class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}

/** Where files go, and what of it the one may see for whom the link was minted; null: everything. */
interface UploadTarget {
  readonly origin: Origin;
  readonly guard: RowGuard | null;
}

/** Files in one upload. */
const maxFiles = 10_000;
const retryAfterSeconds = 5;

/**
 * Answers a POST to an upload link: files to an origin, each checked before any of them is relayed.
 *
 * The whole body is received first, within the granted bound. Then every file is judged (see {@link judgeParts}), and those
 * that pass go to the origin in one request. The answer says of each what became of it (PS3.18 §10.5.3), with 200, 202, 400
 * or 409; an upload of which nothing can be said is a problem document.
 *
 * A link is good once: it is taken before a byte is read, and given back only where nothing was relayed and nothing told of
 * the files: the body broke off, was too large or not multipart, could not be held, or the origin could not be asked.
 *
 * What fails after the client has gone is told to the trail and to `onError` all the same. A client that goes before its
 * body is whole, or while it is judged, is no failure: nothing was done.
 */
export function createUploads(
  options: UploadOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { spentLinks, clock = Date.now, maxUploads = 8, senders = defaultSenderBounds, audit = noLinkAudit } = options;
  let underWay = 0;

  return async (request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort(new ClientGoneError()));
    let audited: LinkRequest | null = null;
    try {
      audited = audit.begin(request, response);
      const result = await accept(request, response, gone.signal, audited);
      dropRest(request);
      sendReport(response, storeStatus(result), JSON.stringify(toStoreResponse(result)));
    } catch (error) {
      if (error instanceof ClientGoneError) return;
      audited?.failed(isCodedError(error) ? error.code : 'INTERNAL');
      if (!isCodedError(error) || error instanceof StorageError) options.onError?.(error, requestIdOf(response));
      if (gone.signal.aborted) return;
      dropRest(request);
      sendProblem(response, toProblem(error, error instanceof UploadError ? error.status : undefined));
    }
  };

  async function accept(
    request: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
    audited: LinkRequest,
  ): Promise<StoreResult> {
    const grant = grantOf(request, audited);
    await options.admit?.(grant, 'STORE', response);
    const guard = (await options.policy?.bearerOf(grant, 'store'))?.guard ?? null;
    const origin = originOf(grant, options);
    const maxBytes = grant.maxBytes ?? 0;
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
    if (underWay >= maxUploads) {
      throw new FacadeError('UNAVAILABLE', 'Too many uploads are under way', { retryAfterSeconds });
    }
    underWay++;
    try {
      return await relay(request, grant, { origin, guard }, signal, audited).catch(hidingOrigin(grant));
    } finally {
      underWay--;
    }
  }

  /** @throws {LinkInvalidError} Not an upload, or one that was used. */
  function grantOf(request: IncomingMessage, audited: LinkRequest): LinkGrant {
    const target = parseLinkTarget(request.url ?? '');
    if (target === null || target.form !== 'resource') throw new LinkInvalidError();
    const grant = redeemLink(target.token, 'upload', clock() / 1000, options);
    audited.grants(grant, target.token, 'STORE');
    if (target.hasQuery) throw new FacadeError('BAD_USER_INPUT', 'A link takes no query parameters');
    return grant;
  }

  async function relay(
    request: IncomingMessage,
    { nonce, expiresAt, maxBytes, study }: LinkGrant,
    target: UploadTarget,
    signal: AbortSignal,
    audited: LinkRequest,
  ): Promise<StoreResult> {
    if (nonce === null || !(await spentLinks.claim(nonce, expiresAt))) throw new LinkInvalidError();
    const body = new RequestBody(request, maxBytes ?? 0);
    const stopWatching = watchSender(request, senders, () => body.destroy(tooSlow()));
    const spool = new Spool(options.spoolMemoryBytes ?? 8 * 2 ** 20);
    let isSpent = false;
    try {
      const files = await receive(uploadParts(request.headers, body), spool);
      return await store(target, studyOf(study), files, { signal }, audited, () => {
        isSpent = true;
      });
    } catch (error) {
      // Whatever else ends a body has a code.
      throw error === body.errored && !isCodedError(error) ? new ClientGoneError() : error;
    } finally {
      stopWatching();
      body.destroy();
      // What the upload comes to is told rather than that its link stays spent.
      if (!isSpent) await spentLinks.release(nonce, expiresAt).catch((error) => options.onError?.(error));
      await spool.close();
    }
  }

  /** @param spend - Called when the files are judged: from then on something is told of them, or sent. */
  async function store(
    { origin, guard }: UploadTarget,
    study: Uid | null,
    files: readonly Spooled[],
    requestOptions: RequestOptions,
    audited: LinkRequest,
    spend: () => void,
  ): Promise<StoreResult> {
    const mayStore = guard ? createStorePolicy(directSource(origin), guard, requestOptions) : undefined;
    const { good, refused, unreadable } = await judgeParts(origin, study, files, requestOptions, mayStore);
    const studies = [...new Set(good.map(({ identity }) => identity.studyUid))];
    if (good.length > 0) await audited.storing(studies);
    spend();
    const nothing: StoreResult = { stored: [], failed: [], otherFailures: [], retrieveUrl: null };
    const told = good.length === 0 ? nothing : await send(origin, study, good);
    const failed = [...refused, ...told.failed];
    const otherFailures = [...unreadable, ...told.otherFailures];
    await audited.stored({
      studies,
      stored: told.stored.length,
      failed: failed.length + otherFailures.length,
      bytes: files.reduce((sum, { length }) => sum + length, 0),
    });
    return { ...told, failed, otherFailures };
  }

  async function send(origin: Origin, study: Uid | null, good: readonly GoodPart[]): Promise<StoreResult> {
    const instances = good.map(({ identity: { sopClassUid, sopInstanceUid }, file }) => ({
      sopClassUid,
      sopInstanceUid,
      length: file.length,
      open: () => file.open(),
    }));
    try {
      // Not broken off where the client goes: nobody would know what the origin has then.
      return await storeInstances(origin, study, instances);
    } finally {
      // Also where the answer was lost.
      await options.onStored?.(origin.id, new Set(good.map(({ identity }) => identity.studyUid)));
    }
  }
}

function studyOf(study: string | null): Uid | null {
  if (study === null || isUid(study)) return study;
  throw new LinkInvalidError();
}

/** @throws {UploadError} No file, or too many; and what the body comes to. */
async function receive(parts: AsyncIterable<Readable>, spool: Spool): Promise<readonly Spooled[]> {
  const files: Spooled[] = [];
  for await (const part of parts) {
    if (files.length === maxFiles) throw new UploadError(413, `The body has more than ${maxFiles} files`);
    files.push(await spool.add(part));
  }
  if (files.length === 0) throw new UploadError(400, 'There is no file in the body');
  return files;
}
