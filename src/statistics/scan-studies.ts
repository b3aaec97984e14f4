import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Tag } from '../dicom/tag.ts';
import type { Uid } from '../dicom/uid.ts';
import { FacadeError } from '../errors.ts';
import { maxRowsPerStep } from '../planner/budget.ts';
import type { Criteria } from '../planner/criterion.ts';
import type { Loaders } from '../planner/loaders.ts';
import { isMatch, type RowScan, type ScanEnd, type ScannedRow, scanRows } from '../planner/scan.ts';
import { keyTag } from '../planner/search-runner.ts';
import { type CountedStudy, countStudy, type InvalidValueObserver, mergeStudies } from './counted-study.ts';

export interface StudyScan {
  readonly criteria: Criteria;
  /** Attributes that the statistics read of each study. */
  readonly tags: ReadonlySet<Tag>;
  /** Scans under way beside this one, itself among them: they share the rows that the operation may still read. */
  readonly running: () => number;
  readonly onInvalidValue: InvalidValueObserver;
}

export interface ScannedStudies {
  /** Every study once. */
  readonly studies: readonly CountedStudy[];
  /** LOWER_BOUND: a budget of the operation or a limit of the origin ended the scan before the matches did. */
  readonly exactness: 'EXACT' | 'LOWER_BOUND';
  /** Rows that the origin gave. */
  readonly scanned: number;
  /** When the scan began. */
  readonly asOf: Date;
}

/** Room for one row in an answer of bounded size: study rows take about 1 kB, 4 kB where an origin adds all that it has. */
const bytesPerRow = 4_096;
/** Rows that are counted in one turn of the event loop. */
const rowsPerTurn = 1_000;

/**
 * Reads every study that matches, in as few searches as the origin and the budgets allow.
 *
 * @throws {FacadeError} REQUEST_BUDGET, ROW_BUDGET: nothing could be read. ORIGIN_RESPONSE: a row without Study Instance
 *   UID. Those of the search.
 */
export async function scanStudies(loaders: Loaders, scan: StudyScan): Promise<ScannedStudies> {
  const asOf = new Date();
  const { criteria, tags } = scan;
  const studies = new Map<Uid, CountedStudy>();
  let scanned = 0;
  const add = ({ row }: ScannedRow): void => {
    const uid = row.dataSet.uid(keyTag.study);
    if (uid === null) {
      throw new FacadeError('ORIGIN_RESPONSE', 'A row lacks StudyInstanceUID', { origin: loaders.origin.id });
    }
    const study = countStudy(row.dataSet, tags, scan.onInvalidValue);
    const known = studies.get(uid);
    studies.set(uid, known ? mergeStudies(known, study) : study);
  };
  let end: ScanEnd;
  try {
    const nextLimit = pageSizes(loaders, scan.running);
    const rows = { level: 'study', criteria, tags, after: null, nextLimit } as const;
    end = await scanRows(loaders, rows, async (page) => {
      scanned += page.received;
      for (const [index, item] of page.rows.entries()) {
        if (await isMatch(loaders, criteria, item.row)) add(item);
        if ((index + 1) % rowsPerTurn === 0) await nextTurn();
      }
      return true;
    });
  } catch (error) {
    if (scanned === 0 || !isBudget(error)) throw error;
    end = 'stopped';
  }
  return { studies: [...studies.values()], exactness: end === 'whole' ? 'EXACT' : 'LOWER_BOUND', scanned, asOf };
}

/** Pages as large as the origin, its answers' bound and the rows that are left allow. */
function pageSizes({ origin, runner }: Loaders, running: () => number): RowScan['nextLimit'] {
  const atOnce = Math.max(1, Math.min(maxRowsPerStep, Math.floor(origin.config.maxMetadataBytes / bytesPerRow)));
  return (page, offset) => {
    const { maxSearchRows } = origin.capabilities;
    const reachable = maxSearchRows === null ? atOnce : maxSearchRows - offset;
    const share = Math.ceil(runner.rowsLeft / running());
    // One row at the least for the first page: where none is left, that request fails with the budget's own error.
    return Math.min(atOnce, reachable, Math.max(share, page === 0 ? 1 : 0));
  };
}

const isBudget = (error: unknown): boolean =>
  error instanceof FacadeError && (error.code === 'REQUEST_BUDGET' || error.code === 'ROW_BUDGET');
