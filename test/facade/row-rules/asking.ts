import { expect } from 'vitest';
import type { ConfiguredCapabilities } from '../../../src/origin/capabilities/capabilities.ts';
import type { RuledFacade } from '../../support/ruled.ts';
import type { WorldFile } from '../../support/ruled-world.ts';

// biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what its test looks at
export type Json = any;

/** One archive, as origins of which each can do other things. */
export const origins = {
  able: { uidListMatching: true, rootSeriesSearch: true, rootInstanceSearch: true, includeField: true, ordering: true },
  plain: { uidListMatching: false, includeField: false, ordering: false },
  coarse: {
    uidListMatching: true,
    rootSeriesSearch: true,
    includeField: true,
    studyInstanceSearch: false,
    instanceMetadata: false,
    rendering: false,
    thumbnails: false,
  },
} as const satisfies Record<string, ConfiguredCapabilities>;

export type OriginId = keyof typeof origins;
export const originIds = Object.keys(origins) as OriginId[];

/** Somebody who asks one origin, and what the files themselves say that they may see of it. */
export interface Asking {
  readonly facade: RuledFacade;
  /** As `RuledFacade.query` takes it. */
  readonly name: string;
  readonly origin: OriginId;
  readonly visible: readonly WorldFile[];
}

/** The data of an answer without an error, in which nothing else is named. */
export async function ask({ facade, name, visible }: Asking, query: string, variables = {}): Promise<Json> {
  const { data, errors } = await facade.query(name, query, variables);
  expect(errors).toBeUndefined();
  expectNothingElse(JSON.stringify(data), visible);
  return data;
}

/** Every UID in a text is that of something that may be seen, or of what that is in. */
export function expectNothingElse(text: string, visible: readonly WorldFile[]): void {
  const allowed = new Set(visible.flatMap(({ study, series, instance }) => [study, series, instance]));
  const told = text.match(/(?<=["/])1\.[1-7](?:\.\d){0,2}(?=["/])/g) ?? [];
  expect(distinct(told.filter((uid) => !allowed.has(uid)))).toEqual([]);
}

export const distinct = (values: Iterable<string>): string[] => [...new Set(values)].sort();

/** One study UID may stand under two patients, and then is in two rows. */
export const rowsOf = (files: readonly WorldFile[]): readonly (readonly WorldFile[])[] => [
  ...Map.groupBy(files, ({ study, patient }) => `${study} ${patient}`).values(),
];

/** The files of a study, series or instance. */
export const within = (uid: string, files: readonly WorldFile[]): readonly WorldFile[] =>
  files.filter((file) => [file.study, file.series, file.instance].includes(uid));
