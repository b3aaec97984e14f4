import { afterAll, beforeAll, expect, test } from 'vitest';
import { forEachOf, startTestFacade, type TestFacade } from '../support/facade.ts';
import { hostileRequests, isRefusal, sendHostile } from '../support/hostile-documents.ts';

let facade: TestFacade;
beforeAll(async () => {
  facade = await startTestFacade();
});
afterAll(() => facade.close());

test('2,000 hostile requests are refused, none of them reaches the origin, and nothing of ours breaks', async () => {
  await facade.query('{ viewer { subject } }'); // requests are counted from here
  const accepted: string[] = [];
  await forEachOf(hostileRequests(2_000, 20_261_122), async (request) => {
    const response = await sendHostile(facade.url, request);
    if (!(await isRefusal(response))) accepted.push(`${request.kind}: ${response.status}`);
  });
  expect(accepted).toEqual([]);
  expect(facade.requests).toEqual([]);
  expect(facade.faults).toEqual([]);
  expect((await facade.query('{ viewer { subject } }')).data).toEqual({ viewer: { subject: 'anonymous' } });
}, 240_000);
