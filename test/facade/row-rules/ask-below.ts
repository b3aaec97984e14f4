import { expect } from 'vitest';
import type { ConfiguredCapabilities } from '../../../src/origin/capabilities/capabilities.ts';
import { mrImage, type WorldFile, world } from '../../support/ruled-world.ts';
import type { StudyQuestion } from './ask-studies.ts';
import { type Asking, ask, distinct, type Json, origins, rowsOf } from './asking.ts';

/** Series and instances of all studies where the origin searches them, else of one. */
export async function askBelow(asking: Asking, pick: number): Promise<void> {
  const { origin, visible } = asking;
  const some = world[pick % world.length] as WorldFile;
  const can: ConfiguredCapabilities = origins[origin];
  const scopeOf = (isEvery: boolean | undefined) => (isEvery ? '' : `study: { studyInstanceUIDs: ["${some.study}"] }`);
  const of = (isEvery: boolean | undefined) => visible.filter(({ study }) => isEvery || study === some.study);
  const data = await ask(
    asking,
    `query ($origin: ID) {
       series: searchSeries(origin: $origin, first: 100, ${scopeOf(can.rootSeriesSearch)}, filter: { modality: ["CT"] }) {
         totalCount nodes { seriesInstanceUID } }
       instances: searchInstances(
         origin: $origin, first: 100, ${scopeOf(can.rootInstanceSearch)}, filter: { sopClassUIDs: ["${mrImage}"] }
       ) { totalCount nodes { sopInstanceUID } }
     }`,
    { origin },
  );
  const ct = of(can.rootSeriesSearch).filter(({ modality }) => modality === 'CT');
  const mr = of(can.rootInstanceSearch).filter(({ sopClass }) => sopClass === mrImage);
  expectAll(data.series, 'seriesInstanceUID', distinct(ct.map(({ series }) => series)));
  expectAll(data.instances, 'sopInstanceUID', distinct(mr.map(({ instance }) => instance)));
}

function expectAll({ nodes, totalCount }: Json, name: string, uids: readonly string[]): void {
  expect(distinct(nodes.map((one: Json) => one[name]))).toEqual(uids);
  expect(totalCount).toBe(uids.length);
}

/** Counts and histograms are of what may be seen, or null. */
export async function askStatistics(asking: Asking, { text, accepts }: StudyQuestion): Promise<void> {
  const { statistics } = await ask(
    asking,
    `query ($origin: ID) { statistics: studyStatistics(origin: $origin, filter: { ${text} }) {
       studies series instances scanned exactness byModality { key studies } byStudyDate(interval: MONTH) { key studies }
     } }`,
    { origin: asking.origin },
  );
  const rows = rowsOf(asking.visible);
  const counted = rows.filter(accepts);
  const studiesOf = (some: readonly (readonly WorldFile[])[]) =>
    distinct(some.map((row) => row[0]?.study ?? '')).length;
  expect(statistics.studies).toBe(studiesOf(counted));
  expect(statistics.exactness).toBe('EXACT');
  expect(statistics.scanned).toBeLessThanOrEqual(rows.length);
  expect([null, counted.flat().length]).toContain(statistics.instances);
  const series = distinct(counted.flatMap((row) => row.map((one) => `${one.study} ${one.patient} ${one.series}`)));
  expect([null, series.length]).toContain(statistics.series);
  for (const { key, studies } of statistics.byModality ?? []) {
    expect(studies).toBe(studiesOf(counted.filter((row) => row.some(({ modality }) => modality === key))));
  }
  for (const { key, studies } of statistics.byStudyDate ?? []) {
    const month = String(key).slice(0, 7).replace('-', '');
    expect(studies).toBe(studiesOf(counted.filter((row) => row[0]?.date.startsWith(month))));
  }
}
