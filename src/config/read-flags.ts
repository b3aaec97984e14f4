import { parseArgs } from 'node:util';
import { didYouMean } from './did-you-mean.ts';
import type { Given, Source } from './given.ts';
import { allSettings, flagOf, type NamedSetting } from './names.ts';
import type { Problem } from './problem.ts';

const byFlag: ReadonlyMap<string, NamedSetting> = new Map(
  allSettings.filter(({ setting }) => !setting.noFlag && !setting.fileOnly).map((entry) => [flagOf(entry.name), entry]),
);

const options = Object.fromEntries(
  [...byFlag].map(([flag, { setting }]) => [
    flag,
    { type: setting.isSwitch ? ('boolean' as const) : ('string' as const) },
  ]),
);

/**
 * Settings from the arguments after the command: `--port 4000`, `--port=4000`, `--graphiql`, `--no-graphiql`.
 *
 * A list may be given several times; anything else only once.
 */
export function readFlags(args: readonly string[], folder: string): Source {
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    tokens: true,
    allowPositionals: true,
    allowNegative: true,
  });
  const values = new Map<string, unknown>();
  const problems: Problem[] = [];
  let skip = -1; // what may have been meant as the value of an unknown flag
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      if (token.index !== skip) problems.push({ where: `argument ${token.index + 1}`, message: 'not expected here' });
      continue;
    }
    const problem = take(token, values);
    if (problem !== null) problems.push(problem);
    if (!byFlag.has(token.name) && token.value === undefined) skip = token.index + 1;
  }
  const given = [...values].map(
    ([flag, value]): Given => ({ name: byFlag.get(flag)?.name ?? flag, value, where: `--${flag}`, folder }),
  );
  return { given, problems };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function take(token: OptionToken, values: Map<string, unknown>): Problem | null {
  const entry = byFlag.get(token.name);
  if (entry === undefined) return { where: token.rawName, message: `no such setting${suggestion(token.name)}` };
  const { setting } = entry;
  if (!setting.isSwitch && token.rawName.startsWith('--no-')) {
    return { where: token.rawName, message: 'no such setting' };
  }
  const where = `--${token.name}`;
  const previous = values.get(token.name);
  if (previous !== undefined && !setting.isList) return { where, message: 'given twice' };
  if (setting.isSwitch) {
    if (token.value !== undefined) return { where, message: `takes no value; to turn it off: --no-${token.name}` };
    values.set(token.name, !token.rawName.startsWith('--no-'));
    return null;
  }
  if (token.value === undefined) return { where, message: 'needs a value' };
  if (!token.inlineValue && token.value.startsWith('-')) {
    return { where, message: `needs a value (one that begins with a dash: ${where}=VALUE)` };
  }
  const value = setting.fromText(token.value);
  values.set(token.name, Array.isArray(previous) && Array.isArray(value) ? [...previous, ...value] : value);
  return null;
}

function suggestion(flag: string): string {
  const elsewhere = allSettings.find(({ name }) => flagOf(name) === flag);
  if (elsewhere?.setting.noFlag) return ' as a flag: it is secret; set it by environment or file';
  if (elsewhere?.setting.fileOnly) return ' as a flag; set it in the file';
  return didYouMean(flag, [...byFlag.keys()], (name) => `--${name}`);
}
