import { execute, parse } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';

test('links are revoked by those with the scope admin alone', async () => {
  const document = parse('mutation { revokeLinks(input: { target: { subject: "ada" } }) { epoch } }');
  const revoked: string[] = [];
  const contextOf = (...scopes: string[]) => ({
    principal: { scopes: new Set(scopes) },
    revoker: { subject: async (subject: string) => revoked.push(subject) },
  });
  const allowed = await execute({ schema, document, contextValue: contextOf('admin') });
  expect(allowed).toEqual({ data: { revokeLinks: { epoch: 1 } } });
  const { data, errors } = await execute({ schema, document, contextValue: contextOf('search', 'native', 'store') });
  expect(data).toEqual({ revokeLinks: null });
  expect(errors?.[0]?.originalError).toMatchObject({ code: 'FORBIDDEN', facts: { scope: 'admin' } });
  expect(revoked).toEqual(['ada']);
});
