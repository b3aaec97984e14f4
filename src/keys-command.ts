import { statSync } from 'node:fs';
import { readSettings, type Surroundings } from './config/config.ts';
import type { LinkKey } from './config/link-key.ts';
import { entriesOf, makeKeyLines, withKey, withoutKey } from './config/link-key-file.ts';
import { readKeyLines } from './config/link-key-lines.ts';
import { ConfigError, type Problem } from './config/problem.ts';
import { replaceSmallFile } from './config/replace-file.ts';
import { readSmallFile } from './config/small-file.ts';
import { fingerprintOf } from './links/keys.ts';

/** What there is to say; problems are thrown. */
export interface KeysAnswer {
  /** For stdout: what was asked for. */
  readonly text: string;
  /** For stderr: what to do next. */
  readonly hint?: string;
}

/** Not as it was asked for: the message says why. */
export class KeysMisuse extends Error {}

const usage = 'keys takes make, list, sign ID or drop ID';
const idGrammar = /^[A-Za-z0-9_-]{1,16}$/;

/**
 * Makes, lists, changes over and drops link keys.
 *
 * @param args - After `keys`.
 * @param now - When keys are made.
 * @throws {KeysMisuse} Not asked for rightly.
 * @throws {ConfigError} A setting or the file of keys has problems.
 * @throws {Error} The file cannot be written, with the system's code.
 */
export async function runKeys(
  args: readonly string[],
  surroundings: Surroundings,
  now = new Date(),
): Promise<KeysAnswer> {
  const [action, ...others] = args;
  switch (action) {
    case 'make': {
      const { taken: signs, rest } = takeSwitch(others, '--sign');
      const { value: id, rest: settings } = takeValue(rest, '--id');
      return makeKey(await keySource(settings, surroundings), id, signs, now);
    }
    case 'list': {
      const { taken: asJson, rest } = takeSwitch(others, '--json');
      return listKeys(await keySource(rest, surroundings), asJson, now);
    }
    case 'sign':
    case 'drop': {
      const [id = '', ...settings] = others;
      if (!idGrammar.test(id)) throw new KeysMisuse(`keys ${action} needs the ID of a key`);
      const { file } = await keySource(settings, surroundings);
      if (file === null) throw new KeysMisuse(`keys ${action} needs a file of keys: --links-keys-file FILE`);
      return action === 'sign' ? signWith(file, id) : dropKey(file, id);
    }
    default:
      throw new KeysMisuse(usage);
  }
}

interface KeySource {
  /** The file that the settings name, there or not. */
  readonly file: string | null;
  /** Of `links.keys`, where there is no file. */
  readonly keys: readonly LinkKey[];
}

async function keySource(args: readonly string[], surroundings: Surroundings): Promise<KeySource> {
  const { values, problems } = await readSettings('demo', { ...surroundings, args });
  if (problems.length > 0) throw new ConfigError([...problems]);
  return { file: values.links.keysFile ?? null, keys: values.links.keys };
}

function makeKey({ file }: KeySource, wanted: string | null, signs: boolean, now: Date): KeysAnswer {
  if (wanted !== null && !idGrammar.test(wanted)) {
    throw new KeysMisuse('--id must be 1 to 16 letters, digits, "-" or "_"');
  }
  const today = now.toISOString().slice(0, 10);
  if (file === null) {
    const [, line = ''] = makeKeyLines(wanted ?? today, now);
    return {
      text: line,
      hint: 'A new key, kept nowhere. For $DICOMWEB_GRAPHQL_LINKS_KEYS, or a line of --links-keys-file.',
    };
  }
  let made = '';
  let isFirst = false;
  replaceSmallFile(file, (contents) => {
    const ids = contents === null ? [] : checkedEntries(contents, file).map(({ id }) => id);
    if (wanted !== null && ids.includes(wanted)) throw new KeysMisuse(`There is a key ${wanted} already`);
    made = wanted ?? unusedId(today, ids);
    isFirst = ids.length === 0;
    return checkedContents(withKey(contents ?? '', makeKeyLines(made, now), signs ? 'first' : 'last'), file);
  });
  const hint = isOpenToOthers(file) ? { hint: `Everyone on this machine can read ${file}: chmod 600` } : {};
  if (isFirst) return { text: `Made ${made}, the one key of ${file}: it signs.`, ...hint };
  if (signs) return { text: `Made ${made} in ${file}: it signs from now on, and the others verify.`, ...hint };
  const next = `A second later every process knows it: keys sign ${made}`;
  return { text: `Made ${made} in ${file}: it verifies. ${next}`, ...hint };
}

/** Whoever reads a file of keys can make links. Windows has no such bits. */
const isOpenToOthers = (file: string): boolean => process.platform !== 'win32' && (statSync(file).mode & 0o004) !== 0;

/** Ids are dates, as they say what an operator wants to know; those of one day are counted. */
function unusedId(today: string, ids: readonly string[]): string {
  for (let count = 2; ; count++) {
    const id = count === 2 && !ids.includes(today) ? today : `${today}-${count}`;
    if (!ids.includes(id)) return id;
  }
}

function signWith(file: string, id: string): KeysAnswer {
  let before = '';
  replaceSmallFile(file, (contents) => {
    const [first] = checkedEntries(contents, file);
    before = first?.id ?? '';
    const found = withoutKey(contents ?? '', id);
    if (found === null) throw new KeysMisuse(`There is no key ${id} in ${file}`);
    return checkedContents(before === id ? (contents ?? '') : withKey(found.rest, found.keyLines, 'first'), file);
  });
  if (before === id) return { text: `${id} signs already.` };
  return { text: `${id} signs now. Links that ${before} signed live for an hour at most; then: keys drop ${before}` };
}

function dropKey(file: string, id: string): KeysAnswer {
  replaceSmallFile(file, (contents) => {
    const [first] = checkedEntries(contents, file);
    const found = withoutKey(contents ?? '', id);
    if (found === null) throw new KeysMisuse(`There is no key ${id} in ${file}`);
    if (first?.id === id)
      throw new KeysMisuse(`${id} is the key that signs: make another one sign first, keys sign ID`);
    return checkedContents(found.rest, file);
  });
  return { text: `${id} is gone from ${file}, and with it every link that it signed.` };
}

interface ListedKey {
  readonly id: string;
  readonly signs: boolean;
  /** ISO 8601, UTC; null: not known. */
  readonly madeAt: string | null;
  readonly fingerprint: string;
}

function listKeys({ file, keys }: KeySource, asJson: boolean, now: Date): KeysAnswer {
  if (file === null && keys.length === 0) throw new KeysMisuse('No keys are configured: --links-keys-file FILE');
  const contents = file === null ? null : readFile(file);
  const entries = contents === null ? [] : entriesOf(contents);
  const known = contents === null ? keys : checkedKeys(contents, file ?? '');
  const listed = known.map(({ id, secret }, index): ListedKey => {
    const madeAt = entries.find((entry) => entry.id === id)?.madeAt?.toISOString() ?? null;
    return { id, signs: index === 0, madeAt, fingerprint: fingerprintOf(secret) };
  });
  return { text: asJson ? JSON.stringify(listed, null, 2) : tableOf(listed, now) };
}

function tableOf(keys: readonly ListedKey[], now: Date): string {
  const rows = keys.map(({ id, signs, madeAt, fingerprint }) => [
    id,
    signs ? 'signs' : 'verifies',
    madeAt === null ? 'not known when' : `${madeAt.slice(0, 10)} (${ageOf(madeAt, now)})`,
    fingerprint,
  ]);
  const all = [['ID', 'USE', 'MADE', 'FINGERPRINT'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n');
}

function ageOf(madeAt: string, now: Date): string {
  const days = Math.max(0, Math.floor((now.getTime() - Date.parse(madeAt)) / 86_400_000));
  return days === 1 ? '1 day' : `${days} days`;
}

function readFile(file: string): string {
  const { contents, problem } = readSmallFile(file);
  if (contents === null) throw new ConfigError([{ where: file, message: problem }]);
  return contents;
}

/** A file that the server would not read is not changed, and none is written. */
function checkedContents(contents: string, file: string): string {
  checkedKeys(contents, file);
  return contents;
}

function checkedKeys(contents: string, file: string): readonly LinkKey[] {
  const problems: Problem[] = [];
  const keys = readKeyLines(contents, file, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return keys;
}

function checkedEntries(contents: string | null, file: string) {
  if (contents === null) throw new ConfigError([{ where: file, message: 'no such file' }]);
  return entriesOf(checkedContents(contents, file));
}

function takeSwitch(
  args: readonly string[],
  flag: string,
): { readonly taken: boolean; readonly rest: readonly string[] } {
  return { taken: args.includes(flag), rest: args.filter((arg) => arg !== flag) };
}

function takeValue(
  args: readonly string[],
  flag: string,
): { readonly value: string | null; readonly rest: readonly string[] } {
  const place = args.findIndex((arg) => arg === flag || arg.startsWith(`${flag}=`));
  if (place < 0) return { value: null, rest: args };
  const inline = args[place]?.slice(flag.length + 1) ?? '';
  const isInline = args[place] !== flag;
  return { value: isInline ? inline : (args[place + 1] ?? ''), rest: args.toSpliced(place, isInline ? 1 : 2) };
}
