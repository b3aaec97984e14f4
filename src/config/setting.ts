import { z } from 'zod';

/** Headings of the help text, in its order. */
export const groups = ['Archive', 'Listening', 'Access', 'Links', 'Audit', 'Limits', 'Timeouts', 'Other'] as const;
export type Group = (typeof groups)[number];

export type Command = 'demo' | 'serve';

/** What a setting is, apart from its name: the one place that flags, environment, file and help are derived from. */
export interface Setting<T, Input = T> {
  readonly group: Group;
  /** One sentence, with the unit. The default is added by the help text. */
  readonly help: string;
  /** What the value looks like in the help text: `PORT`. Empty for switches. */
  readonly placeholder: string;
  /** Checks the value as a file writes it. */
  readonly schema: z.ZodType<T, Input>;
  /** Text of a flag or of the environment as a file would write it. What does not read is left for the schema to refuse. */
  readonly fromText: (text: string) => unknown;
  readonly defaults: Readonly<Record<Command, T>>;
  /** Of a number, both ends inclusive: `1 to 1000`. */
  readonly range: string | null;
  /** A relative path is taken from the folder of the file that holds it, else from the working directory. */
  readonly isPath: boolean;
  readonly isSwitch: boolean;
  readonly isList: boolean;
  /** Not as a flag: other users of the machine can read arguments. */
  readonly noFlag: boolean;
  /** In a file only: too much for one line. */
  readonly fileOnly: boolean;
  /** Left to `--help-all`. */
  readonly rare: boolean;
}

type Options<T, Input = T> = Pick<Setting<T, Input>, 'group' | 'help'> &
  Partial<Omit<Setting<T, Input>, 'group' | 'help' | 'defaults'>> & {
    readonly default: T | Readonly<Record<Command, T>>;
  };

const plain = {
  range: null,
  isPath: false,
  isSwitch: false,
  isList: false,
  noFlag: false,
  fileOnly: false,
  rare: false,
};

type Complete<T, Input> = Options<T, Input> & Pick<Setting<T, Input>, 'schema' | 'placeholder'>;

function create<T, Input = T>({ default: given, ...options }: Complete<T, Input>): Setting<T, Input> {
  const defaults = isPerCommand(given) ? given : { demo: given, serve: given };
  return { fromText: (written) => written, ...plain, ...options, defaults };
}

const isPerCommand = <T>(value: T | Readonly<Record<Command, T>>): value is Readonly<Record<Command, T>> =>
  typeof value === 'object' && value !== null && 'demo' in value && 'serve' in value;

/** A text that `schema` accepts; undefined where it has no default. */
export function text<const T extends string | undefined>(
  options: Omit<Options<T | string>, 'schema'> & {
    readonly schema: z.ZodType<string, string>;
    readonly placeholder: string;
  },
): Setting<T | string, string> {
  return create<T | string, string>(options);
}

/** A path of a file or folder, made absolute where it is read. */
export function path(
  options: Omit<Options<string | undefined>, 'schema'> & { readonly placeholder: string },
): Setting<string | undefined, string> {
  const schema = z.string(mustBe('a path')).min(1, mustBe('a path'));
  return create<string | undefined, string>({ schema, ...options, isPath: true });
}

/** A whole number within bounds, both inclusive. */
export function wholeNumber(
  options: Options<number> & { readonly min: number; readonly max: number; readonly placeholder?: string },
): Setting<number> {
  const { min, max, ...rest } = options;
  return create<number>({
    placeholder: 'N',
    range: `${min} to ${max}`,
    schema: wholeNumberSchema(min, max),
    fromText: (written) => (/^-?\d{1,15}$/.test(written) ? Number(written) : written),
    ...rest,
  });
}

export function wholeNumberSchema(min: number, max: number): z.ZodType<number, number> {
  const message = mustBe(`a whole number from ${min} to ${max}`);
  return z.int(message).min(min, message).max(max, message);
}

const switchWords: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** On or off: `--name` and `--no-name`; true, false, 1 or 0 in the environment. */
export function onOff(options: Options<boolean>): Setting<boolean> {
  return create<boolean>({
    placeholder: '',
    schema: z.boolean(mustBe('true or false')),
    fromText: (written) => switchWords.get(written.toLowerCase()) ?? written,
    ...options,
    isSwitch: true,
  });
}

/** One of a few words. */
export function choice<const T extends string>(
  words: readonly [T, ...T[]],
  options: Options<T> & { readonly placeholder: string },
): Setting<T> {
  return create<T>({ schema: z.enum(words, mustBe(`one of ${words.join(', ')}`)), ...options });
}

/** A list; with commas between where it is one text, or the flag several times. */
export function list<T, Input>(
  item: z.ZodType<T, Input>,
  options: Omit<Options<readonly T[]>, 'schema'> & { readonly placeholder: string; readonly max: number },
): Setting<readonly T[], readonly Input[]> {
  const { max, ...rest } = options;
  return create<readonly T[], readonly Input[]>({
    schema: z
      .array(item, mustBe('a list'))
      .max(max, mustBe(`a list of at most ${max}`))
      .readonly(),
    fromText: (written) => written.split(',').map((part) => part.trim()),
    ...rest,
    isList: true,
  });
}

/** The same words for whatever zod finds: never the value. */
export const mustBe = (what: string): { readonly error: string } => ({ error: `must be ${what}` });
