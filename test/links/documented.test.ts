import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

interface KnownAnswers {
  readonly secret: string;
  readonly answers: readonly { readonly grant: unknown; readonly encoding: string; readonly token: string }[];
  readonly texts: readonly { readonly token: string }[];
}

test('the test vectors of docs/links.md are known answers', () => {
  const { secret, answers, texts }: KnownAnswers = JSON.parse(read('known-answers.json'));
  const [page = '', listed] = read('../../docs/links.md').split('## Test vectors');
  const [given, ...vectors] = listed?.split('### ') ?? [];
  expect(page).toContain(`\n${texts[0]?.token}\n`);
  expect(given).toContain(`\n${secret}\n`);
  expect(vectors).toHaveLength(5);
  for (const vector of vectors) {
    const [grant, encoding, token] = [...vector.matchAll(/```(?:json)?\n([^`]*)\n```/g)].map(([, text = '']) => text);
    expect(answers).toContainEqual(expect.objectContaining({ grant: JSON.parse(grant ?? ''), encoding, token }));
  }
});

test('each rule of docs/links.md has tests, which are there', () => {
  const [, rules = ''] = read('../../docs/links.md').split('## The rules, and what holds them');
  const rows = [...rules.matchAll(/^\| (\d+) \|.*$/gm)];
  expect(rows.map(([, number]) => Number(number))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  for (const [row] of rows) {
    const files = [...row.matchAll(/`(test\/[^`]*)`/g)].map(([, path = '']) => path);
    expect(files).not.toEqual([]);
    for (const path of files)
      expect([path, existsSync(new URL(`../../${path}`, import.meta.url))]).toEqual([path, true]);
  }
});
