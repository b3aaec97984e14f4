import { didYouMean } from './did-you-mean.ts';
import type { Given, Source } from './given.ts';
import { allSettings, type NamedSetting, variableOf, variablePrefix } from './names.ts';
import type { Problem } from './problem.ts';
import { isServiceVariable } from './service-variables.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const byVariable: ReadonlyMap<string, NamedSetting> = new Map(
  allSettings.filter(({ setting }) => !setting.fileOnly).map((entry) => [variableOf(entry.name), entry]),
);

/** Settings from variables that begin with DICOMWEB_GRAPHQL_. An empty one counts as not set; an unknown one is a problem. */
export function readEnvironment(environment: Environment, folder: string): Source {
  const given: Given[] = [];
  const problems: Problem[] = [];
  for (const [variable, value = ''] of Object.entries(environment)) {
    if (!variable.startsWith(variablePrefix) || isServiceVariable(variable, value)) continue;
    const entry = byVariable.get(variable);
    if (entry === undefined) {
      problems.push({ where: variable, message: `no such setting${suggestion(variable)}` });
    } else if (value !== '') {
      given.push({ name: entry.name, value: entry.setting.fromText(value), where: variable, folder });
    }
  }
  return { given, problems };
}

function suggestion(variable: string): string {
  const rest = (name: string): string => name.slice(variablePrefix.length);
  return didYouMean(rest(variable), [...byVariable.keys()].map(rest), (name) => variablePrefix + name);
}
