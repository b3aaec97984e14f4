import type { RuledFacade } from '../../support/ruled.ts';
import type { Json, OriginId } from './asking.ts';

export interface Link {
  readonly form: 'native' | 'metadata' | 'thumbnail' | 'frame' | 'template' | 'rendered' | 'bulkData';
  /** A study, a series or an instance. */
  readonly uid: string;
  readonly url: string;
}

export interface Root {
  readonly uid: string;
  readonly url: string;
}

/** Everything that there is of an origin: good for everything that its form has, until rules say otherwise. */
export interface Minted {
  /** Ids of nodes, by UID. */
  readonly ids: ReadonlyMap<string, string>;
  /** In an order that is the same for everyone. */
  readonly links: readonly Link[];
  readonly roots: readonly Root[];
}

/** @param name - Of one who may do everything now. */
export async function mintEverything(facade: RuledFacade, name: string, origin: OriginId): Promise<Minted> {
  const group = 'id retrieve { native { url } metadata { url } thumbnail { url } dicomweb { url } }';
  const { data, errors } = await facade.query(
    name,
    `{ searchStudies(first: 100, origin: "${origin}") { nodes {
      studyInstanceUID ${group} series { nodes { seriesInstanceUID ${group} instances { nodes {
        sopInstanceUID id retrieve {
          native { url } metadata { url } thumbnail { url } rendered { url } frame(number: 1) { native { url } }
          frameTemplate { template } bulkData { link { url } }
        } } } } } } } }`,
  );
  if (errors) throw new Error(JSON.stringify(errors));
  const ids = new Map<string, string>();
  const links: Link[] = [];
  const roots: Root[] = [];
  const add = (form: Link['form'], uid: string, url: string) => links.push({ form, uid, url });
  for (const study of data.searchStudies.nodes) {
    const series: Json[] = study.series.nodes;
    const groups = [[study.studyInstanceUID, study], ...series.map((one) => [one.seriesInstanceUID, one])];
    for (const [uid, { id, retrieve }] of groups) {
      ids.set(uid, id);
      roots.push({ uid, url: retrieve.dicomweb.url });
      for (const form of ['native', 'metadata', 'thumbnail'] as const) add(form, uid, retrieve[form].url);
    }
    for (const { sopInstanceUID: uid, id, retrieve } of series.flatMap((one) => one.instances.nodes)) {
      ids.set(uid, id);
      for (const form of ['native', 'metadata', 'thumbnail', 'rendered'] as const) add(form, uid, retrieve[form].url);
      add('frame', uid, retrieve.frame.native.url);
      add('template', uid, retrieve.frameTemplate.template.replace('{frame}', '1'));
      for (const { link } of retrieve.bulkData) add('bulkData', uid, link.url);
    }
  }
  return { ids, links, roots };
}
