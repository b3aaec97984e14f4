import type { Logger } from 'pino';
import { type ErrorCode, errorCodes } from '../errors.ts';
import type { AuditEvent } from './audit-event.ts';
import { createJournal } from './journal.ts';
import { createLinkAudit, type LinkAudit } from './link-audit.ts';
import { createOperationAudit, type OperationAudit } from './operation-audit.ts';
import { createRepositoryClient, type RepositoryAddress } from './repository-client.ts';
import { currentCaller } from './request-facts.ts';
import { createSender, type SenderCounts } from './sender.ts';
import { createKnownSubjects } from './subjects.ts';
import { type AuditTrail, createAuditTrail, type TrailCounts } from './trail.ts';
import { createWindows } from './windows.ts';

export interface AuditOptions {
  /** Of the files; made where it is missing. */
  readonly folder: string;
  /** Nothing is answered that cannot be told of: 503 instead. */
  readonly failClosed: boolean;
  /** Where this is, as each event says. */
  readonly site: string;
  readonly publicUrl: string;
  /** How long requests to one link from one address count as one; 0: each is told of. */
  readonly windowSeconds: number;
  readonly maxFileBytes: number;
  readonly maxFileAgeSeconds: number;
  readonly maxFiles: number;
  /** How long an answer waits for its event to be written. */
  readonly commitMs: number;
  /** A FHIR server that events are brought to; null: none. */
  readonly repository: (RepositoryAddress & { readonly batch: number }) | null;
  /** The name of the subject of a link that was not minted here; null: not known. */
  readonly findSubject?: (hash: string) => Promise<string | null>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Pick<Logger, 'error' | 'info' | 'warn'>;
}

/** Who was given what, and who opened it: the trail and the places where it is fed. */
export interface Audit {
  readonly links: LinkAudit;
  /** @param hashOf - The keyed hash of a principal, as it stands in links. */
  operations<Principal extends { readonly subject: string }>(
    hashOf: (principal: Principal) => string,
  ): OperationAudits<Principal>;
  /** Whether answers go out: false where nothing is answered without the trail, and it cannot be written. */
  isAnswering(): boolean;
  readonly counts: TrailCounts & { readonly repository: SenderCounts | null };
  /** Tells of all that was counted, and waits until it is kept. */
  close(): Promise<void>;
}

/** The trail of GraphQL. */
export interface OperationAudits<Principal> {
  /** Of an operation that is answered now. @throws {FacadeError} UNAVAILABLE: nothing is answered without the trail. */
  operation(principal: Principal): OperationAudit;
  /**
   * A request that was refused before an operation was looked at. Never throws.
   *
   * @param principal - null: it is not known who sent it.
   */
  refused(code: ErrorCode, principal: Principal | null): void;
}

const maxOpenWindows = 10_000;
const maxRefusalWindows = 1_000;
const refusalWindowMs = 60_000;

/** Opens the trail. A folder that cannot be written is no error: it is the state of a trail that cannot be written. */
export async function createAudit(options: AuditOptions): Promise<Audit> {
  const { folder, failClosed, commitMs, repository, clock, log } = options;
  const sender =
    repository === null
      ? null
      : createSender({ folder, client: createRepositoryClient(repository), batch: repository.batch, log });
  const journal = createJournal({
    folder,
    maxFileBytes: options.maxFileBytes,
    maxFileAgeMs: options.maxFileAgeSeconds * 1_000,
    maxFiles: options.maxFiles,
    clock,
    // Where answers go out without it, the trail goes on without what could not be delivered.
    ...(sender === null ? {} : { mayRemove: async (name) => (await sender.isSent(name)) || dropUnsent(name) }),
  });
  const trail: AuditTrail = createAuditTrail({
    journal,
    source: { site: options.site, publicUrl: options.publicUrl },
    failClosed,
    commitMs,
    clock,
    log,
    onWritten: () => sender?.wake(),
  });
  const subjects = createKnownSubjects(options.findSubject);
  const openings = createWindows({
    trail,
    windowMs: options.windowSeconds * 1_000,
    clock,
    maxWindows: maxOpenWindows,
  });
  const refusals = createWindows({ trail, windowMs: refusalWindowMs, clock, maxWindows: maxRefusalWindows });

  function dropUnsent(name: string): boolean {
    if (failClosed) return false;
    log.error({ file: name }, 'a file of the audit trail goes that was not delivered');
    return true;
  }

  const service = (kind: AuditEvent['kind']): AuditEvent => ({ kind, caller: null, code: null });
  const repaired = await journal.repair().catch((error: unknown) => {
    log.warn({ err: error }, 'the files of the audit trail cannot be looked through');
    return 0;
  });
  if (repaired > 0) log.info({ files: repaired }, 'torn lines of the audit trail were cut off');
  trail.record(service('start'));
  await trail.committed().catch(() => undefined); // the log has it, and every request will

  return {
    links: createLinkAudit({ trail, openings, refusals, subjects }),
    operations: (hashOf) => ({
      operation(principal) {
        trail.check();
        const { subject } = principal;
        const subjectHash = hashOf(principal);
        const onMinted = (): void => subjects.note(subjectHash, subject);
        return createOperationAudit({ trail, refusals, subject, subjectHash, onMinted });
      },
      refused(code, principal) {
        const hash = principal === null ? null : hashOf(principal);
        const caller = currentCaller(principal?.subject ?? null, hash);
        const event: AuditEvent = { kind: 'refuse', caller, code, details: { route: 'graphql' } };
        refusals
          .enter(`graphql ${code} ${hash} ${caller.address}`, event, 'refuse')
          .ended({ status: errorCodes[code].status, bytes: 0, ms: 0, isWhole: true });
      },
    }),
    isAnswering: () => !failClosed || trail.counts.isWritable,
    get counts() {
      return { ...trail.counts, repository: sender?.counts ?? null };
    },
    async close() {
      await new Promise(setImmediate); // answers that have just ended say so first
      openings.close();
      refusals.close();
      trail.record(service('stop'));
      await trail.close();
      await sender?.close();
    },
  };
}
