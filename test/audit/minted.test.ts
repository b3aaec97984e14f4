import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { AuditEvent } from '../../src/audit/audit-event.ts';
import { createOperationAudit } from '../../src/audit/operation-audit.ts';
import type { AuditTrail } from '../../src/audit/trail.ts';
import { createWindows } from '../../src/audit/windows.ts';
import { dicomFile, startTestArchive, type TestArchive, tinyImage } from '../support/archive.ts';
import { startAudited } from '../support/audited.ts';
import { startPassage } from '../support/passage.ts';

const instances = 130;
const files = Array.from({ length: instances }, (_none, index) =>
  dicomFile({
    ...tinyImage,
    StudyInstanceUID: '2.25.81',
    SeriesInstanceUID: '2.25.811',
    SOPInstanceUID: `2.25.811.${index + 1}`,
  }),
);

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive({ files });
});
afterAll(() => archive.close());

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** As docs/audit.md says: what follows /links/ or /dicomweb/, up to the next slash. */
const linksIn = (answer: unknown): string[] =>
  [...JSON.stringify(answer).matchAll(/\/(?:links|dicomweb)\/([^/"]+)/g)].map(([, token = '']) => sha256(token)).sort();

test('every link that an answer gives is in the trail by its hash, however many there are of one study', async () => {
  const { facade, trail } = await startAudited({ origin: archive.url });
  const answer = await facade.data(`{ study(studyInstanceUID: "2.25.81") {
    retrieve { dicomweb { url } }
    instances(first: ${instances}) { nodes { retrieve { native { url } frameTemplate { template } } } }
  } }`);
  const mints = (await trail()).filter(({ kind }) => kind === 'mint');
  const told = mints.flatMap(({ details }) => (details['link'] ?? '').split(' ')).sort();
  expect(told).toEqual(linksIn(answer));
  expect(new Set(told).size).toBe(2 * instances + 1);
  expect(mints.map(({ studies, details }) => [studies, details['links']])).toEqual([
    [['2.25.81'], '200'],
    [['2.25.81'], String(2 * instances + 1 - 200)],
  ]);
  for (const { details } of mints) expect(details['link']?.split(' ')).toHaveLength(Number(details['links']));
});

test('searches, links and revocations are told with the milliseconds that they took', async () => {
  await using passage = await startPassage(archive.url, () => sleep(60));
  const { facade, trail } = await startAudited({ origin: passage.url });
  const begun = performance.now();
  await facade.data('{ searchStudies { nodes { retrieve { native { url } } } } }');
  const took = Math.ceil(performance.now() - begun);
  await facade.data('mutation { revokeLinks(input: { target: { origin: "origin" } }) { epoch } }');
  const events = await trail();
  expect(events.map(({ kind }) => kind)).toEqual(['search', 'mint', 'revoke']);
  const [search = -1, mint = -1, revoke = -1] = events.map(({ details }) => Number(details['ms'] ?? Number.NaN));
  for (const ms of [search, mint]) {
    expect(ms).toBeGreaterThanOrEqual(59); // timers are rounded
    expect(ms).toBeLessThanOrEqual(took);
  }
  expect(revoke).toBeGreaterThanOrEqual(0);
});

test('the links of an operation with tens of thousands are told as fast as they are written: few wait in memory', async () => {
  const recorded: AuditEvent[] = [];
  let [waiting, mostWaiting] = [0, 0];
  const trail: AuditTrail = {
    check: () => undefined,
    record(event) {
      recorded.push(event);
      mostWaiting = Math.max(mostWaiting, ++waiting);
    },
    async committed() {
      await sleep(1);
      waiting = 0;
    },
    get counts(): never {
      throw new Error('Not asked for');
    },
    close: async () => undefined,
  };
  const refusals = createWindows({ trail, windowMs: 1_000, clock: Date.now, maxWindows: 1 });
  onTestFinished(() => refusals.close());
  const audit = createOperationAudit({ trail, refusals, subject: 'a', subjectHash: '00', onMinted: () => undefined });
  const links = 40_000;
  for (let index = 0; index < links; index++) {
    audit.minted('main', `1.${index % 3}`, ['FRAMES'], `https://images.example/links/t${index}/frames/{frame}`);
  }
  await audit.answered({ type: 'query', query: '' }, { code: null, errors: [], requests: 0 });
  expect(mostWaiting).toBeLessThanOrEqual(100);
  expect(waiting, 'all of it is written when the answer leaves').toBe(0);
  const hashes = new Set(recorded.flatMap(({ details }) => String(details?.['link']).split(' ')));
  expect(hashes.size).toBe(links);
  expect(hashes).toContain(sha256('t0'));
});
