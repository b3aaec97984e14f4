import { isSpecifiedScalarType } from 'graphql';
import { expect, test } from 'vitest';
import { makeSchemaPages } from '../../scripts/schema-pages.ts';
import { schema } from '../../src/graphql/schema.ts';

const pages = makeSchemaPages(schema);
const headings = [...pages].flatMap(([file, text]) =>
  [...text.matchAll(/^## (.+)$/gm)].map(([, name = '']) => ({ file, name })),
);

test('every type of the schema stands on one page, once, with each of its own fields', () => {
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type))
    .map(({ name }) => name);
  const named = headings.filter(({ file }) => file !== 'README.md').map(({ name }) => name);
  expect(named.sort()).toEqual(types.sort());
  expect(pages.get('studies.md')).toMatch(
    /^\| `studyDate` \| \[`Date`\]\(scalars\.md#date\) \| Study Date \(0008,0020\)/m,
  );
});

test('every link of a page leads to a heading that is there', () => {
  const anchors = new Set(headings.map(({ file, name }) => `${file}#${name.toLowerCase()}`));
  const links = [...pages.values()].flatMap((text) => [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, to = '']) => to));
  const broken = links.filter((to) => (to.includes('#') ? !anchors.has(to) : !pages.has(to)));
  expect(links.length).toBeGreaterThan(500);
  expect(broken).toEqual([]);
});
