import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RuledFacade, startRuled } from '../support/ruled.ts';
import { callers, headerOf, ruledBy, rulesFor } from '../support/ruled-callers.ts';
import { fileOf, visibleOf, world } from '../support/ruled-world.ts';
import { anyCaller, anyPolicy } from './row-rules/any-policy.ts';
import { askBelow, askStatistics } from './row-rules/ask-below.ts';
import { askHiddenOrigin } from './row-rules/ask-hidden-origin.ts';
import { askLookups, askNodes } from './row-rules/ask-one.ts';
import { anyPaging, anyStudyQuestion, askStudies } from './row-rules/ask-studies.ts';
import { type Asking, distinct, originIds, origins } from './row-rules/asking.ts';
import { type Link, type Minted, mintEverything } from './row-rules/mint-everything.ts';
import { openLink } from './row-rules/open-links.ts';
import { openRoot } from './row-rules/open-roots.ts';
import { anyUpload, sendUpload } from './row-rules/send-upload.ts';

/**
 * Random rules, and random questions of every kind: what comes is compared with what the files themselves say may be seen.
 * FC_RUNS makes more of them.
 */
const runs = Number(process.env['FC_RUNS'] ?? 20);

let facade: RuledFacade;
/** By caller and origin. */
const minted = new Map<string, Minted>();
const uids = distinct(world.flatMap(({ study, series, instance }) => [study, series, instance]));

beforeAll(async () => {
  facade = await startRuled({
    files: world.map(fileOf),
    origins,
    bounds: { maxOriginRequests: 2_000 },
    isCached: true,
  });
  for (const name of callers.map(headerOf)) {
    facade.rules.set(name, { rows: null });
    for (const origin of originIds) minted.set(`${name} ${origin}`, await mintEverything(facade, name, origin));
  }
  for (const { ids } of minted.values()) expect(distinct(ids.keys())).toEqual(uids);
}, 30_000);
afterAll(() => facade[Symbol.asyncDispose]());

const picks = (count: number) => fc.array(fc.nat(), { minLength: count, maxLength: count });

const anyQuestion = fc.record({
  policy: anyPolicy,
  caller: anyCaller,
  other: anyCaller,
  origin: fc.constantFrom(...originIds),
  question: anyStudyQuestion,
  paging: anyPaging,
  upload: anyUpload,
  nodes: picks(8),
  links: picks(10),
  groups: picks(6),
  roots: picks(2),
  pick: fc.nat(),
});

/** A link to a study or a series, of which not all may be there to be seen. */
const isOfMany = ({ uid }: Link): boolean => uid.split('.').length < 4;

const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

test('no row, count, link or byte that a rule forbids, and nothing is missing that it allows', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyQuestion,
      async ({ policy, caller, other, origin, question, paging, upload, pick, ...drawn }) => {
        for (const one of callers) facade.rules.set(headerOf(one), ruledBy(policy));
        const askingOf = (one: typeof caller): Asking & { readonly minted: Minted } => ({
          facade,
          name: headerOf(one),
          origin,
          visible: visibleOf(rulesFor(one, policy), origin),
          minted: minted.get(`${headerOf(one)} ${origin}`) as Minted,
        });
        const asking = askingOf(caller);
        const rules = rulesFor(caller, policy);
        const listed = originIds.filter((id) => rules?.some((rule) => rule.origins?.includes(id) ?? true) ?? true);
        const { data } = await facade.query(asking.name, '{ origins { id } }');
        expect(data.origins).toEqual(listed.map((id) => ({ id })));
        if (listed.includes(origin)) {
          await askStudies(asking, question, paging);
          await askBelow(asking, pick);
          await askStatistics(asking, question);
          await askNodes(
            asking,
            asking.minted.ids,
            drawn.nodes.map((n) => at(uids, n)),
          );
          await askLookups(asking, pick);
          await sendUpload(asking, rules, upload);
        } else {
          await askHiddenOrigin(asking, asking.minted.ids);
        }
        // One after the other: what the first was given is kept when the second asks for it.
        for (const { visible, minted: own } of [asking, askingOf(other)]) {
          for (const n of drawn.links) await openLink(at(own.links, n), visible);
          for (const n of drawn.groups) await openLink(at(own.links.filter(isOfMany), n), visible);
          for (const n of drawn.roots) await openRoot(at(own.roots, n), visible, pick);
        }
      },
    ),
    { numRuns: runs },
  );
  const hits = (facade.caches?.reports ?? []).reduce((sum, report) => sum + report.hits, 0);
  expect(hits).toBeGreaterThan(runs);
}, 300_000);
