import { constants, inflateRawSync } from 'node:zlib';
import type { JsonDataSet } from '../dicom/data-set.ts';
import type { Tag } from '../dicom/tag.ts';
import { transferSyntaxOf } from '../dicom/transfer-syntax.ts';
import type { Elements } from './data-element.ts';
import { readFileMeta } from './file-meta.ts';
import { findElements } from './find-elements.ts';
import { toJsonDataSet } from './json-data-set.ts';
import { Part10Error } from './part10-error.ts';
import { hexOfTag, specificCharacterSet } from './tags.ts';

const maxInflatedBytes = 2 ** 26;
const limits = { maxElements: 500_000, maxDepth: 64 };

/**
 * Some attributes of a DICOM file of which the beginning is there, as the data set tells them: of those not in it, the file
 * has none.
 *
 * @param head - Its first bytes, or all of them.
 * @param isWhole - These are all.
 * @returns null: more of the file is needed.
 * @throws {Part10Error} It is no DICOM file, or two readers may understand one of the attributes in two ways.
 */
export function readHead(head: Buffer, wanted: ReadonlySet<Tag>, isWhole: boolean): JsonDataSet | null {
  try {
    return readAttributes(head, wanted, isWhole);
  } catch (error) {
    if (!isWhole && error instanceof Part10Error && error.reason === 'truncated') return null;
    throw error;
  }
}

function readAttributes(head: Buffer, wanted: ReadonlySet<Tag>, isWhole: boolean): JsonDataSet | null {
  const { meta, end } = readFileMeta(head, () => {});
  // What is cut off after the File Meta Information might go on with it.
  if (!isWhole && end + 8 > head.length) return null;
  const syntax = transferSyntaxOf(meta.transferSyntaxUid);
  const bytes = syntax?.deflated ? inflatedHead(head.subarray(end), isWhole) : head;
  const tags = new Set([hexOfTag(specificCharacterSet), ...wanted]);
  let isEndSure = true;
  const elements = findElements(
    bytes,
    syntax?.deflated ? 0 : end,
    { implicit: syntax?.implicit ?? false, littleEndian: !syntax?.bigEndian },
    limits,
    (problem) => {
      if (problem.endsWith('is there twice') && tags.has(problem.slice(0, 8) as Tag)) {
        throw new Part10Error('bad-encoding', problem);
      }
      if (problem.endsWith('after the last element')) isEndSure = isWhole;
    },
    Math.max(...[...tags].map((tag) => Number.parseInt(tag, 16))),
  );
  // Where the elements end with the bytes, one that is wanted may come yet.
  if (!isWhole && (!isEndSure || endOf(elements) >= bytes.length)) return null;
  const kept = elements.filter(({ tag }) => tags.has(hexOfTag(tag)));
  return toJsonDataSet(bytes, kept, 0, () => {}).dataSet;
}

const delimiterBytes = 8;

function endOf(elements: Elements): number {
  return elements.reduce((end, { offset, length, items, fragments }) => {
    // Of a sequence it is not known how it was written; one delimiter more than there is asks for a little more of the file.
    const isDelimited = items !== null || fragments !== null;
    return Math.max(end, offset + length + (isDelimited ? delimiterBytes : 0));
  }, 0);
}

function inflatedHead(bytes: Buffer, isWhole: boolean): Buffer {
  try {
    return inflateRawSync(bytes, {
      maxOutputLength: maxInflatedBytes,
      ...(isWhole ? {} : { finishFlush: constants.Z_SYNC_FLUSH }),
    });
  } catch (cause) {
    throw new Part10Error('bad-deflate', 'The data set does not inflate, or to too much', { cause });
  }
}
