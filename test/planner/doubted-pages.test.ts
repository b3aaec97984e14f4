import { describe, expect, test } from 'vitest';
import { startGraphql } from '../support/graphql.ts';
import { json, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const rows = (from: number, to: number): object[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => ({
    '0020000D': { vr: 'UI', Value: [`1.${from + index}`] },
    '00100020': { vr: 'LO', Value: ['A'] },
  }));

/** Requests that lists of as many studies cost, one after the other, of an origin that cuts pages off without a word. */
async function requestsFor(totals: readonly number[], cutAt = Number.POSITIVE_INFINITY) {
  let total = 0;
  await using origin = await startQuirkyOrigin((socket, { target }) => {
    const query = new URLSearchParams(target.split('?')[1]);
    const offset = Number(query.get('offset') ?? 0);
    reply(socket, json(rows(offset, Math.min(total, offset + Math.min(cutAt, Number(query.get('limit')))))));
  });
  await using graphql = await startGraphql({ capabilities: {}, urls: { quirky: origin.url } });
  const costs: number[] = [];
  for (total of totals) {
    const before = origin.requests.length;
    const { data } = await graphql.query('{ studyStatistics { studies exactness } }');
    expect(data.studyStatistics).toEqual({ studies: total, exactness: 'EXACT' });
    costs.push(origin.requests.length - before);
  }
  return costs;
}

describe('a page that may have been cut off by a bound that the origin does not tell', () => {
  test('is followed by one more request, once for all pages as long or shorter', async () => {
    expect(await requestsFor([400, 400, 300, 200, 500])).toEqual([2, 1, 1, 1, 2]);
  });

  test('is not doubted where a longer one has come already', async () => {
    expect(await requestsFor([301, 300, 200])).toEqual([1, 1, 1]);
  });

  test('is not doubted below 200 rows, nor where its length is no round number', async () => {
    expect(await requestsFor([100, 199, 201, 350])).toEqual([1, 1, 1, 1]);
  });

  test('is continued where it was cut off, and the bound is known from then on', async () => {
    expect(await requestsFor([200, 500, 500], 300)).toEqual([2, 2, 2]);
  });
});
