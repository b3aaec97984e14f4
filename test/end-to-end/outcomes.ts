import type { CorpusFile } from '../support/corpus.ts';
import { forEachOf, type Opened, openLink } from '../support/facade.ts';

/** What came of something for some files, in one or two words. Those for which all is as it should be are not in it. */
export type Outcomes = Readonly<Record<string, string>>;

/** Null where all is as it should be; else a word for what is not. */
export type Judge = (file: CorpusFile, opened: Opened) => string | null | Promise<string | null>;

/**
 * Opens one link of each file, a few at a time, and tells which did not give what they should: the HTTP status and code of
 * the problem, or what the judge says.
 */
export async function outcomesOf(
  files: readonly CorpusFile[],
  linkOf: (file: CorpusFile) => { readonly url: string } | null | undefined,
  judge: Judge,
): Promise<Outcomes> {
  const outcomes: Record<string, string> = {};
  await forEachOf(files, async (file) => {
    const link = linkOf(file);
    const outcome = link ? await outcomeOf(file, link.url, judge) : 'no link';
    if (outcome !== null) outcomes[file.file] = outcome;
  });
  return outcomes;
}

async function outcomeOf(file: CorpusFile, url: string, judge: Judge): Promise<string | null> {
  const opened = await openLink(url);
  if (opened.status === 200) return judge(file, opened);
  const { code } = JSON.parse(opened.body.toString()) as { code: string };
  return `${opened.status} ${code}`;
}
