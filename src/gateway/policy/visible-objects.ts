import type { RowGuard } from '../../access/row-guard.ts';
import { DataSet } from '../../dicom/data-set.ts';
import type { Tag } from '../../dicom/tag.ts';
import type { NativeObjects } from '../../origin/native-objects.ts';
import type { SeriesRef, StudyRef } from '../../origin/resource.ts';
import { Part10Error } from '../../part10/part10-error.ts';
import { readHead } from '../../part10/read-head.ts';
import { BodyPeek } from '../body-peek.ts';
import { isSaidWithin, uidTags } from '../object-uids.ts';

/** The attributes that rules are about are in the first kilobytes, as a rule; private ones before them may be large. */
const headBytes = [16 * 1024, 256 * 1024, 4 * 2 ** 20];

/**
 * Those of the files of a study or series that may be seen, each judged by what stands in itself, before any of it is given.
 * What cannot be read, or says that it is of another study, is left out, and read past.
 */
export function visibleObjects(objects: NativeObjects, ref: StudyRef | SeriesRef, guard: RowGuard): NativeObjects {
  const tags = new Set([uidTags.study, uidTags.series, ...guard.tags]);
  async function* visible(): ReturnType<NativeObjects[typeof Symbol.asyncIterator]> {
    for await (const part of objects) {
      const peek = new BodyPeek(part.body);
      const dataSet = await dataSetIn(peek, tags);
      if (dataSet !== null && isSaidWithin(dataSet, ref) && guard.judge(() => dataSet) === true) {
        yield { ...part, body: peek.body() };
      } else {
        await peek.readPast(); // the next part comes after it
      }
    }
  }
  return { status: objects.status, destroy: () => objects.destroy(), [Symbol.asyncIterator]: visible };
}

async function dataSetIn(peek: BodyPeek, tags: ReadonlySet<Tag>): Promise<DataSet | null> {
  for (const size of headBytes) {
    const { bytes, isWhole } = await peek.head(size);
    try {
      const json = readHead(bytes, tags, isWhole);
      if (json !== null) return DataSet.parse(json);
    } catch (error) {
      if (error instanceof Part10Error) return null;
      throw error;
    }
  }
  return null;
}
