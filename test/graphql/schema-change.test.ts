import { expect, test } from 'vitest';
import { compareSchemas } from '../../scripts/schema-change.ts';

const before = `
  type Query { study(uid: ID!): Study }
  type Study { date: String modality: Modality }
  enum Modality { CT MR }`;
const changelog = (unreleased: string): string =>
  `# Changelog\n\n## Unreleased\n\n${unreleased}\n\n## 0.1.0\n\n- Old.\n`;

test.each([
  ['a field is removed', 'date: String ', '', 'Study.date'],
  ['a field gets another type', 'date: String', 'date: Int', 'Study.date'],
  ['a value of an enum is removed', 'CT MR', 'CT', 'Modality.MR'],
  ['an argument becomes required', 'uid: ID!', 'uid: ID!, origin: ID!', 'Query.study.origin'],
])('%s: refused, until the changelog announces it', async (_title, from, to, coordinate) => {
  const after = before.replace(from, to);
  const silent = await compareSchemas(before, after, changelog(`- \`${coordinate}\` is better.`));
  expect(silent.unannounced).toEqual([expect.stringContaining(`${coordinate}: `)]);
  const announced = await compareSchemas(before, after, changelog(`- **Breaking:** \`${coordinate}\` is otherwise.`));
  expect(announced).toEqual({ ...silent, unannounced: [] });
});

test('an announcement of an earlier release, or of another field, does not count', async () => {
  const after = before.replace('date: String ', '');
  const old = `${changelog('- **Breaking:** `Study.modality` is gone.')}- **Breaking:** \`Study.date\` is gone.\n`;
  expect((await compareSchemas(before, after, old)).unannounced).toHaveLength(1);
});

test('what is added, deprecated or described otherwise breaks nobody', async () => {
  const after = before
    .replace('date: String', '"A day." date: String @deprecated(reason: "old") time: String')
    .replace('uid: ID!', 'uid: ID!, origin: ID');
  const { changes, breaking } = await compareSchemas(before, after, changelog('- Better.'));
  expect([changes > 0, breaking]).toEqual([true, []]);
});
