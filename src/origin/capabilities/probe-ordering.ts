import { tagOf } from '../../dicom/dictionary.ts';
import { search } from '../search.ts';
import type { CapabilityFinding } from './known-capabilities.ts';
import { answerOrRefusal, finding, query } from './probe-search.ts';
import type { Probe } from './probe-steps.ts';

const studyDate = tagOf('StudyDate');

/** Whether studies come by date in both directions, those without a date last. */
export async function probeOrdering({ origin, options }: Probe): Promise<readonly CapabilityFinding[]> {
  const datesBy = async (orderBy: string): Promise<(string | null)[] | null> => {
    const answer = await answerOrRefusal(search(origin, query('study', {}, { limit: 10, orderBy }), options));
    // Dates of ACR-NEMA (1994.11.05) have their place among the others as text, and are passed over.
    const rows = answer?.dataSets.filter(
      (row) => row.date(studyDate) !== null || row.element(studyDate)?.isEmpty !== false,
    );
    return rows?.map((row) => row.date(studyDate)) ?? null;
  };
  const ascending = await datesBy('StudyDate');
  const descending = ascending && (await datesBy('-StudyDate'));
  if (!ascending || !descending) return [finding('ordering', false)];
  const isShown = new Set([...ascending, ...descending].filter((date) => date !== null)).size > 1;
  if (!isShown) return []; // one date, or none
  const [earliest, latest] = [ascending[0], descending[0]];
  const isOrdered =
    Boolean(earliest && latest && earliest < latest) && isSorted(ascending) && isSorted(descending.map(inverted));
  return [finding('ordering', isOrdered)];
}

function isSorted(dates: readonly (string | null)[]): boolean {
  const undated = '~'; // behind every digit
  return dates.every((date, index) => index === 0 || (dates[index - 1] ?? undated) <= (date ?? undated));
}

/** A date whose order is the reverse; ISO dates keep their hyphens. */
function inverted(date: string | null): string | null {
  return date === null ? null : date.replace(/[0-9]/g, (digit) => String(9 - Number(digit)));
}
