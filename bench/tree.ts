/**
 * The tree of an archive: studies with all their series and instances, asked of the facade, of a GraphQL facade with naive
 * resolvers, and by hand with dicomweb-client, in turn and in the same run.
 *
 *     npm run bench:tree -- [--studies 100] [--series 5] [--instances 20] [--rounds 5]
 *     npm run bench:tree -- --origin http://127.0.0.1:8042/dicom-web --basic user:password   (an archive that holds them)
 *
 * Prints requests, milliseconds (median of the rounds) and their ratio to the facade; and the facade's own time: what it
 * takes beyond the requests that it makes of the archive.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { startArchive } from '../src/archive/server.ts';
import { loadConfig, startFacade } from '../src/index.ts';
import { numberedFiles } from '../test/support/graphql.ts';
import { askByHand } from './peers/by-hand.ts';
import { startNaiveFacade } from './peers/naive-facade.ts';

const { values: flags } = parseArgs({
  options: {
    studies: { type: 'string', default: '100' },
    series: { type: 'string', default: '5' },
    instances: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '5' },
    origin: { type: 'string' },
    basic: { type: 'string' },
  },
});
const [studies, series, instances] = [Number(flags.studies), Number(flags.series), Number(flags.instances)];
const rounds = Number(flags.rounds);

const query = `{ searchStudies(first: ${studies}) { nodes { studyInstanceUID studyDate series { nodes { seriesInstanceUID modality
  instances { nodes { sopInstanceUID instanceNumber rows columns } } } } } } }`;

const archive = flags.origin ? null : await startArchive({ files: numberedFiles(studies, series, instances) });
const url = flags.origin ?? archive?.url ?? '';
const authorization = flags.basic ? `Basic ${Buffer.from(flags.basic).toString('base64')}` : undefined;
const requests: { ms: number }[] = [];
const settings = { port: 0, origin: url, ...(flags.basic ? { basic: flags.basic } : {}), cache: { maxBytes: 0 } };
const facade = await startFacade(await loadConfig('demo', { settings }), {
  onOriginRequest: (report) => requests.push(report),
});
await facade.ready();
const naive = await startNaiveFacade(url, authorization);

const post = async (target: string): Promise<number> => {
  const response = await fetch(target, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await response.json()) as {
    data: { searchStudies: { nodes: Nested[] } };
    errors?: unknown;
  };
  if (errors) throw new Error(JSON.stringify(errors).slice(0, 500));
  return data.searchStudies.nodes.flatMap((s) => s.series.nodes.flatMap((e) => e.instances.nodes)).length;
};
interface Nested {
  series: { nodes: { instances: { nodes: unknown[] } }[] };
}

interface Result {
  requests: number;
  ms: number[];
  originMs: number[];
}
const results: Record<string, Result> = {};
let longestBlockMs = 0;

async function round(
  name: string,
  run: () => Promise<{ count: number; requests: number; originMs?: number }>,
): Promise<void> {
  const begun = performance.now();
  const { count, requests: made, originMs = Number.NaN } = await run();
  const ms = performance.now() - begun;
  if (count !== studies * series * instances) throw new Error(`${name} found ${count} instances`);
  const result = results[name] ?? { requests: made, ms: [], originMs: [] };
  results[name] = result;
  result.ms.push(ms);
  result.originMs.push(originMs);
}

for (let n = 0; n <= rounds; n++) {
  if (n === 1) for (const result of Object.values(results)) Object.assign(result, { ms: [], originMs: [] }); // warmed up
  requests.length = 0;
  const loop = monitorEventLoopDelay({ resolution: 1 }); // one a round: what lies between two rounds is no block
  loop.enable();
  await round('facade', async () => {
    const count = await post(`${facade.url}/graphql`);
    return { count, requests: requests.length, originMs: requests.reduce((sum, { ms }) => sum + ms, 0) };
  });
  loop.disable();
  if (n > 0) longestBlockMs = Math.max(longestBlockMs, loop.max / 1e6);
  await round('naive resolvers', async () => {
    const before = naive.requests();
    return { count: await post(naive.url), requests: naive.requests() - before };
  });
  await round('by hand (dicomweb-client)', () => askByHand(url, authorization, studies));
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const own = median(results['facade']?.ms ?? []);
console.log(
  `${studies} studies x ${series} series x ${instances} instances, ${rounds} rounds, ${flags.origin ? 'archive at --origin' : 'embedded archive'}`,
);
for (const [name, result] of Object.entries(results)) {
  const ms = median(result.ms);
  console.log(
    `${name.padEnd(28)} ${String(result.requests).padStart(5)} requests ${ms.toFixed(0).padStart(7)} ms  ${(ms / own).toFixed(2)}x`,
  );
}
const originMs = median(results['facade']?.originMs ?? []);
console.log(
  `the facade beyond its requests: ${(own - originMs).toFixed(0)} ms, ${((100 * (own - originMs)) / originMs).toFixed(0)} % of the archive's ${originMs.toFixed(0)} ms`,
);
console.log(
  `longest block of the event loop while the facade answered: ${longestBlockMs.toFixed(0)} ms (client and, without --origin, archive in it)`,
);
console.log(
  `peak memory of this process (all of the above in one): ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`,
);

await naive.close();
await facade.close();
await archive?.close();
