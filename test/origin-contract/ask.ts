import { expect } from 'vitest';
import type { TestGraphql } from '../support/graphql.ts';
import { type Question, questions } from './questions.ts';

/** Of an archive: the questions that it cannot answer, and the code that says so. */
export type Refusals = Readonly<Record<string, string>>;

/** An answer, with the nodes of its root list by UID. */
export async function ask(
  graphql: TestGraphql,
  origin: string,
  { query, variables, isOrdered }: Question,
): Promise<{ readonly data: unknown; readonly code: unknown; readonly warnings: unknown }> {
  const { data, errors, extensions } = await graphql.query(query, { ...variables, o: origin });
  for (const root of Object.values(data ?? {}) as { nodes?: unknown[] }[]) {
    if (!isOrdered && Array.isArray(root?.nodes)) root.nodes.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }
  return { data, code: errors?.[0]?.extensions['code'] ?? null, warnings: extensions?.['warnings'] ?? [] };
}

const keyOf = (node: unknown): string => JSON.stringify(node);

/** Every question is answered as by an archive that conforms, or refused by the code that is told beforehand. */
export async function expectContract(
  graphql: TestGraphql,
  origin: string,
  expected: ReadonlyMap<string, unknown>,
  refusals: Refusals,
): Promise<void> {
  const outcomes: Record<string, unknown> = {};
  const wanted: Record<string, unknown> = {};
  for (const [name, question] of Object.entries(questions)) {
    const { data, code } = await ask(graphql, origin, question);
    outcomes[name] = code ?? data;
    wanted[name] = refusals[name] ?? expected.get(name);
  }
  expect(outcomes).toEqual(wanted);
}

/** All studies, a page of two at a time. */
export async function pageThrough(graphql: TestGraphql, origin: string, first: number): Promise<readonly string[]> {
  const query = `query($o: ID, $after: String) { searchStudies(origin: $o, first: ${first}, after: $after) {
    nodes { studyInstanceUID } pageInfo { hasNextPage endCursor } } }`;
  const found: string[] = [];
  for (let after: string | null = null, pages = 0; pages < 100; pages++) {
    const { data, errors } = await graphql.query(query, { o: origin, after });
    expect(errors).toBeUndefined();
    found.push(...data.searchStudies.nodes.map((node: { studyInstanceUID: string }) => node.studyInstanceUID));
    if (!data.searchStudies.pageInfo.hasNextPage) return found;
    after = data.searchStudies.pageInfo.endCursor;
  }
  throw new Error('The pages do not end');
}
