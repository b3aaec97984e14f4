import fc from 'fast-check';
import { expect } from 'vitest';
import { failureReasons } from '../../../src/dicom/store-response.ts';
import { fileOf, isAllowed, type WorldFile, type WorldRule, world } from '../../support/ruled-world.ts';
import { postFiles } from '../../support/upload.ts';
import { type Asking, ask } from './asking.ts';

/** A file of the world, with some of what rules are about taken from another. */
const anyFile: fc.Arbitrary<WorldFile> = fc
  .tuple(
    fc.constantFrom(...world),
    fc.constantFrom(...world),
    fc.subarray(['patient', 'physician', 'institution', 'modality', 'sopClass'] as const, {
      minLength: 1,
      maxLength: 2,
    }),
  )
  .map(([file, other, taken]) => ({ ...file, ...Object.fromEntries(taken.map((name) => [name, other[name]])) }));

export const anyUpload = fc.uniqueArray(anyFile, { selector: ({ instance }) => instance, minLength: 4, maxLength: 6 });

/**
 * The archive has instances of all these UIDs: who may store them is told that they are there, and nothing changes. Who may
 * not is told that.
 */
export async function sendUpload(
  asking: Asking,
  rules: readonly WorldRule[] | null,
  files: readonly WorldFile[],
): Promise<void> {
  const { origin, visible } = asking;
  const query = 'mutation ($origin: ID) { createUpload(input: { origin: $origin }) { url } }';
  const { createUpload } = await ask(asking, query, { origin });
  const { stored, failed } = await postFiles(createUpload.url, files.map(fileOf));
  const expected = files.map((file) => {
    const mayStore = isAllowed(file, rules, origin) && visible.some(({ study }) => study === file.study);
    const reason = mayStore ? failureReasons.duplicateInstance : failureReasons.notAuthorized;
    return [file.instance, reason] as const;
  });
  expect(stored).toEqual([]);
  expect(new Map(failed)).toEqual(new Map(expected));
}
