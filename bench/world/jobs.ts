import { Agent } from 'node:http';
import { ask, type Job } from './client.ts';

const queries = {
  list: `{ searchStudies(orderBy: STUDY_DATE_DESC) { totalCount nodes { studyInstanceUID studyDate
    studyDescription modalitiesInStudy patient { patientID patientName { formatted } } } } }`,
  tree: `{ searchStudies { nodes { studyInstanceUID series { nodes { seriesInstanceUID modality
    instances { nodes { sopInstanceUID instanceNumber rows columns } } } } } } }`,
  filtered: '{ searchStudies(filter: { modalitiesInStudy: ["MR"] }) { nodes { studyInstanceUID studyDescription } } }',
  ofStudy: (uid: string) => `{ study(studyInstanceUID: "${uid}") { studyDescription
    series { nodes { modality seriesDescription seriesNumber } } } }`,
  links: (uid: string) => `{ study(studyInstanceUID: "${uid}") { retrieve { thumbnail(width: 64) { url } }
    series { nodes { instances(first: 3) { nodes { retrieve { native { url } metadata { url } } } } } } } }`,
};

/** Queries of several kinds, and links that some of them gave. */
export async function findJobs(url: string): Promise<readonly Job[]> {
  const agent = new Agent();
  const graphql = `${url}/graphql`;
  const query = async (text: string): Promise<string> => {
    const { body, codes } = await ask(agent, { name: 'query', url: graphql, query: text });
    const answer = body.toString();
    if (codes.length > 0 || answer.includes('"errors"')) throw new Error(`Not answered before the start: ${answer}`);
    return answer;
  };
  const uids = [...(await query(queries.list)).matchAll(/"studyInstanceUID":"([0-9.]+)"/g)].map(([, uid = '']) => uid);
  const asked = (name: string, text: string): Job => ({ name, url: graphql, query: text });
  const links = new Map<string, Job>();
  for (const uid of uids) {
    const answer = await query(queries.links(uid));
    for (const [, kind = '', link = ''] of answer.matchAll(/"(thumbnail|native|metadata)":\{"url":"([^"]+)"\}/g)) {
      const job = { name: kind, url: link };
      // No image is drawn of a waveform or a report: that is an answer too, and not one to load with.
      if ((await ask(agent, job)).status === 200) links.set(link, job);
    }
  }
  agent.destroy();
  const some = [...links.values()];
  const ofKind = (kind: string, most: number): Job[] => some.filter(({ name }) => name === kind).slice(0, most);
  return [
    ...ofKind('native', 24),
    ...ofKind('metadata', 12),
    ...ofKind('thumbnail', 4),
    ...uids.flatMap((uid) => [asked('study', queries.ofStudy(uid)), asked('mint', queries.links(uid))]),
    ...[1, 2, 3].flatMap(() => [asked('list', queries.list), asked('filtered', queries.filtered)]),
    asked('tree', queries.tree),
  ];
}
