import type { CheckedValues, Winner } from './check-values.ts';
import type { Problem } from './problem.ts';

/**
 * Which of several settings that exclude each other is meant: the one of the strongest source. Two in one source are a
 * problem.
 */
export function chooseOne<const Name extends string>(
  names: readonly Name[],
  { sources }: Pick<CheckedValues, 'sources'>,
  problems: Problem[],
): (Winner & { readonly name: Name }) | null {
  const written = names.flatMap((name) => {
    const winner = sources.get(name);
    return winner === undefined ? [] : [{ ...winner, name }];
  });
  const rank = Math.max(...written.map((winner) => winner.rank));
  const [chosen, ...others] = written.filter((winner) => winner.rank === rank);
  for (const other of others) problems.push({ where: other.where, message: `not together with ${chosen?.where}` });
  return chosen ?? null;
}
