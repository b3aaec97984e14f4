import { allSettings, flagOf, type NamedSetting, variableOf } from './names.ts';
import { groups, type Setting } from './setting.ts';

/**
 * The settings as the help text lists them, by group.
 *
 * @param all - With those that are rarely needed.
 */
export function describeSettings(all: boolean): string {
  return groups
    .map((group) => allSettings.filter(({ setting }) => setting.group === group && (all || !setting.rare)))
    .filter((entries) => entries.length > 0)
    .map((entries) => [entries[0]?.setting.group, ...entries.map(describeSetting)].join('\n'))
    .join('\n\n');
}

function describeSetting({ name, setting }: NamedSetting): string {
  const left = setting.fileOnly
    ? `${name}:  (in a file)`
    : setting.noFlag
      ? `$${variableOf(name)}`
      : setting.isSwitch
        ? `--[no-]${flagOf(name)}`
        : `--${flagOf(name)} ${setting.placeholder}`;
  const lines = wrap(setting.help + describeDefault(setting), 78);
  return [`  ${left}`, ...lines.map((line) => `      ${line}`)].join('\n');
}

function describeDefault({ defaults: { demo, serve }, isSwitch, range }: Setting<unknown>): string {
  const show = (value: unknown): string =>
    Array.isArray(value) ? value.join(',') || 'none' : isSwitch ? (value ? 'on' : 'off') : String(value);
  if (demo === undefined || (Array.isArray(demo) && demo.length === 0)) return '';
  const byDefault = show(demo) === show(serve) ? show(demo) : `demo: ${show(demo)}; serve: ${show(serve)}`;
  return range === null ? ` [${byDefault}]` : ` [${byDefault}; ${range}]`;
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
