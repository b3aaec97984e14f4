import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

export interface SchemaChange {
  readonly changes: number;
  /** `Study.studyDate: Field studyDate was removed`, each. */
  readonly breaking: readonly string[];
  /** Those of them that the changelog does not announce. */
  readonly unannounced: readonly string[];
}

/**
 * What of a change of the schema breaks clients, and is not announced: under "## Unreleased" of the changelog, in a line
 * that says "Breaking" and has the coordinate in backticks, `Study.studyDate`.
 *
 * @param before - SDL, as `after`.
 */
export async function compareSchemas(before: string, after: string, changelog: string): Promise<SchemaChange> {
  const changes = await diff(buildSchema(before), buildSchema(after));
  const breaking = changes.filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking);
  const announcements = unreleased(changelog).filter((line) => /\bbreaking\b/i.test(line));
  const isAnnounced = ({ path }: Change): boolean => announcements.some((line) => line.includes(`\`${path}\``));
  return {
    changes: changes.length,
    breaking: breaking.map(textOf),
    unannounced: breaking.filter((change) => !isAnnounced(change)).map(textOf),
  };
}

const textOf = ({ path, message }: Change): string => `${path ?? 'schema'}: ${message}`;

/** The lines about what the next release brings. */
function unreleased(changelog: string): readonly string[] {
  const lines = changelog.split('\n');
  const begin = lines.indexOf('## Unreleased');
  if (begin === -1) return [];
  const section = lines.slice(begin + 1);
  const end = section.findIndex((line) => line.startsWith('## '));
  return end === -1 ? section : section.slice(0, end);
}
