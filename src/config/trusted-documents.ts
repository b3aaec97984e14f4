import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckedValues } from './check-values.ts';
import type { Problem } from './problem.ts';
import { readSmallFile } from './small-file.ts';

/** Which documents clients may send. */
export interface DocumentConfig {
  /** Whether the schema may be asked for. */
  readonly introspection: boolean;
  /** null: none is known beforehand. */
  readonly trusted: {
    /** Hash to document. */
    readonly documents: Readonly<Record<string, string>>;
    /** Whether every other document is refused. */
    readonly only: boolean;
  } | null;
}

const maxFiles = 1_000;

/** From `introspection`, `trustedDocuments` and `onlyTrustedDocuments`; that the documents are good is looked at with the schema. */
export function resolveDocuments({ values, sources }: CheckedValues, problems: Problem[]): DocumentConfig {
  const { introspection, trustedDocuments: path, onlyTrustedDocuments: only, graphiql } = values;
  const whereOf = (name: string): string => sources.get(name)?.where ?? name;
  if (graphiql && !introspection) {
    problems.push({
      where: whereOf('graphiql'),
      message: 'asks for the schema: say --introspection, or --no-graphiql',
    });
  }
  if (graphiql && only) {
    problems.push({ where: whereOf('graphiql'), message: 'sends documents of its own: not with onlyTrustedDocuments' });
  }
  if (path === undefined) {
    const message = 'there are none: say --trusted-documents';
    if (only) problems.push({ where: whereOf('onlyTrustedDocuments'), message });
    return { introspection, trusted: null };
  }
  const fail = (message: string): void => void problems.push({ where: whereOf('trustedDocuments'), message });
  return { introspection, trusted: { documents: readDocuments(path, fail), only } };
}

function readDocuments(path: string, fail: (message: string) => void): Readonly<Record<string, string>> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return readFolder(path, fail);
  const { contents, problem } = readSmallFile(path);
  if (contents === null) {
    fail(problem);
    return {};
  }
  const documents = parseManifest(contents);
  if (documents === null) fail('must be a JSON object of hash to document');
  return documents ?? {};
}

/** What the client preset of GraphQL Code Generator writes (`persistedDocuments`). */
function parseManifest(contents: string): Readonly<Record<string, string>> | null {
  try {
    const parsed: unknown = JSON.parse(contents);
    const isManifest =
      typeof parsed === 'object' &&
      parsed !== null &&
      !Array.isArray(parsed) &&
      Object.entries(parsed).every(([hash, text]) => /^[\w:-]{8,128}$/.test(hash) && typeof text === 'string');
    return isManifest ? (parsed as Record<string, string>) : null;
  } catch {
    return null;
  }
}

/** Each `.graphql` file is one document, by the SHA-256 of its bytes in hex. */
function readFolder(folder: string, fail: (message: string) => void): Readonly<Record<string, string>> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.graphql'));
  if (names.length === 0) fail('has no .graphql files');
  if (names.length > maxFiles) fail(`has more than ${maxFiles} .graphql files`);
  const documents: Record<string, string> = {};
  for (const name of names.slice(0, maxFiles)) {
    const { contents, problem } = readSmallFile(join(folder, name));
    if (contents === null) fail(`${name}: ${problem}`);
    else documents[createHash('sha256').update(contents).digest('hex')] = contents;
  }
  return documents;
}
