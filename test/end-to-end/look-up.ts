import type { CorpusFile } from '../support/corpus.ts';
import type { TestFacade } from '../support/facade.ts';

const perOperation = 50;

/**
 * The instances of these files, each by an `instance(sopInstanceUID)` of its own, many to an operation; by SOP Instance UID.
 *
 * @param fields - The body of a fragment on Instance; `sopInstanceUID` is added.
 */
export async function lookUp<Instance>(
  facade: TestFacade,
  files: readonly CorpusFile[],
  fields: string,
): Promise<ReadonlyMap<string, Instance & { readonly sopInstanceUID: string }>> {
  const found = new Map<string, Instance & { readonly sopInstanceUID: string }>();
  for (let from = 0; from < files.length; from += perOperation) {
    const aliases = files
      .slice(from, from + perOperation)
      .map(({ sopInstanceUID }, i) => `i${i}: instance(sopInstanceUID: "${sopInstanceUID}") { ...Fields }`);
    const answer = await facade.data<Record<string, (Instance & { readonly sopInstanceUID: string }) | null>>(
      `{ ${aliases.join('\n')} } fragment Fields on Instance { sopInstanceUID ${fields} }`,
    );
    for (const instance of Object.values(answer)) if (instance !== null) found.set(instance.sopInstanceUID, instance);
  }
  return found;
}

/** The instance of a file, which must have been found. */
export function foundOf<Instance>(found: ReadonlyMap<string, Instance>, file: CorpusFile): Instance {
  const instance = found.get(file.sopInstanceUID ?? '');
  if (instance === undefined) throw new Error(`${file.file} was not found`);
  return instance;
}
