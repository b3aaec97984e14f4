/**
 * The fewest requests that can answer a question, found by trying every sequence of requests: written from PS3.18 and for
 * the tests alone, without a line of the planner's.
 *
 * A fact is what is known: that the members of an object are all known (`all`), what every search of its level returns
 * (`base`), what only `includefield` brings (`row`), the counts (`count`), what only metadata has (`deep`).
 */
export type Class = 'all' | 'base' | 'row' | 'count' | 'deep';

/** Series by study, instances by series; UIDs are like those of `numberedFiles`. */
export interface World {
  readonly studies: number;
  readonly series: number;
  readonly instances: number;
}

/** What the origin of a profile can do. */
export interface Ability {
  readonly lists: boolean;
  readonly includeField: boolean;
  readonly rootSearch: boolean;
}

/** What a question starts from: a search that it names, or objects whose UIDs it knows. */
export interface Question {
  readonly from:
    | { readonly search: 'studies' | 'series' | 'instances' }
    | { readonly studies: readonly string[] }
    | { readonly series: readonly string[] }
    | { readonly instances: readonly string[] };
  /** Of every study, series and instance in question; `lists` names the lists that it walks. */
  readonly study?: readonly Class[];
  readonly series?: readonly Class[];
  readonly instance?: readonly Class[];
  readonly lists?: readonly ('studies' | 'series' | 'instances')[];
}

type Facts = ReadonlySet<string>;
type Request = readonly string[];

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const parentOf = (uid: string): string => uid.slice(0, uid.lastIndexOf('.'));

export function fewestRequests(world: World, ability: Ability, question: Question): number {
  const objects = enumerate(world);
  const goal = goalOf(objects, question);
  let frontier: Facts[] = [new Set(startingFacts(question))];
  const seen = new Set(frontier.map(keyOf));
  for (let requests = 0; requests <= 12; requests++) {
    if (frontier.some((facts) => goal.every((fact) => facts.has(fact)))) return requests;
    const next: Facts[] = [];
    for (const facts of frontier) {
      for (const request of possibleRequests(objects, ability, question, facts)) {
        const after = derive(objects, new Set([...facts, ...request]));
        const key = keyOf(after);
        if (seen.has(key)) continue;
        seen.add(key);
        next.push(after);
      }
    }
    frontier = withoutWorse(next);
  }
  throw new Error('No plan of 12 requests answers the question');
}

interface Objects {
  readonly studies: readonly string[];
  readonly series: readonly string[];
  readonly instances: readonly string[];
}

function enumerate({ studies, series, instances }: World): Objects {
  const studyUids = range(studies).map((n) => `1.${n}`);
  const seriesUids = studyUids.flatMap((study) => range(series).map((n) => `${study}.${n}`));
  return {
    studies: studyUids,
    series: seriesUids,
    instances: seriesUids.flatMap((uid) => range(instances).map((n) => `${uid}.${n}`)),
  };
}

const keyOf = (facts: Facts): string => [...facts].sort().join(' ');

/** A state that knows less than another after as many requests leads nowhere that the other does not. */
function withoutWorse(states: readonly Facts[]): Facts[] {
  return states.filter(
    (state, index) =>
      !states.some(
        (other, otherIndex) =>
          otherIndex !== index &&
          other.size >= state.size &&
          (other.size > state.size || otherIndex < index) &&
          [...state].every((fact) => other.has(fact)),
      ),
  );
}

function startingFacts({ from }: Question): string[] {
  if ('studies' in from) return from.studies.map((uid) => `known ${uid}`);
  if ('series' in from) return from.series.flatMap((uid) => [`known ${uid}`, `known ${parentOf(uid)}`]);
  if ('instances' in from) {
    return from.instances.flatMap((uid) =>
      [uid, parentOf(uid), parentOf(parentOf(uid))].map((known) => `known ${known}`),
    );
  }
  return [];
}

function goalOf(objects: Objects, question: Question): string[] {
  const { from } = question;
  const inScope = (uid: string): boolean => {
    if ('studies' in from) return from.studies.some((study) => `${uid}.`.startsWith(`${study}.`));
    if ('series' in from)
      return from.series.some((series) => `${uid}.`.startsWith(`${series}.`) || `${series}.`.startsWith(`${uid}.`));
    if ('instances' in from) return from.instances.some((instance) => `${instance}.`.startsWith(`${uid}.`));
    return true;
  };
  const facts = (uids: readonly string[], classes: readonly Class[] = []): string[] =>
    uids.filter(inScope).flatMap((uid) => [`known ${uid}`, ...classes.map((c) => `${c} ${uid}`)]);
  const lists = question.lists ?? [];
  return [
    ...(lists.includes('studies') ? ['all root'] : []),
    ...(lists.includes('series') ? facts(objects.studies, ['all']) : []),
    ...(lists.includes('instances') ? facts(objects.series, ['all']) : []),
    ...(question.study ? facts(objects.studies, question.study) : []),
    ...(question.series ? facts(objects.series, question.series) : []),
    ...(question.instance ? facts(objects.instances, question.instance) : []),
  ];
}

function possibleRequests(objects: Objects, ability: Ability, question: Question, facts: Facts): Request[] {
  const known = (uids: readonly string[]): string[] => uids.filter((uid) => facts.has(`known ${uid}`));
  const [studies, series, instances] = [known(objects.studies), known(objects.series), known(objects.instances)];
  const below = (parents: readonly string[], uids: readonly string[]): string[] =>
    uids.filter((uid) => parents.some((parent) => uid.startsWith(`${parent}.`)));
  /** A level's own rows, and with `includefield` those of the levels above it. */
  const rows = (uids: readonly string[], own: readonly Class[]): string[] =>
    uids.flatMap((uid) => {
      const classes: Class[] = ability.includeField ? ['base', 'row', ...own] : ['base', ...own];
      const above = ability.includeField ? ancestorsOf(uid).flatMap((a) => [`base ${a}`, `row ${a}`]) : [];
      return [
        `known ${uid}`,
        ...ancestorsOf(uid).map((a) => `known ${a}`),
        ...classes.map((c) => `${c} ${uid}`),
        ...above,
      ];
    });
  const searchStudies = (uids: readonly string[]): string[] => rows(uids, ['count']);
  const searchSeries = (uids: readonly string[], parents: readonly string[]): string[] => [
    ...rows(uids, ['count']),
    ...parents.map((parent) => `all ${parent}`),
  ];
  const searchInstances = (uids: readonly string[], parents: readonly string[]): string[] => [
    ...rows(uids, []),
    ...parents.map((parent) => `all ${parent}`),
  ];
  const metadata = (uids: readonly string[], parents: readonly string[]): string[] => [
    ...uids.flatMap((uid) => [uid, ...ancestorsOf(uid)].flatMap((u) => [`known ${u}`, `base ${u}`, `row ${u}`])),
    ...uids.flatMap((uid) => [uid, ...ancestorsOf(uid)].map((u) => `deep ${u}`)),
    ...parents.map((parent) => `all ${parent}`),
  ];
  /** Everything below a study is known when all its instances were listed. */
  const whole = (parents: readonly string[]): string[] => [...parents, ...below(parents, objects.series)];

  const requests: Request[] = [];
  if ('search' in question.from) {
    if (question.from.search === 'studies') requests.push([...searchStudies(objects.studies), 'all root']);
    if (question.from.search === 'series') requests.push([...rows(objects.series, ['count']), 'all root']);
    if (question.from.search === 'instances') requests.push([...rows(objects.instances, []), 'all root']);
  }
  const groups = (uids: readonly string[], root: boolean): (readonly string[])[] => [
    ...uids.map((uid) => [uid]),
    ...(uids.length > 1 && ability.lists && (!root || ability.rootSearch) ? [uids] : []),
  ];
  for (const group of groups(studies, false)) requests.push(searchStudies(group));
  for (const group of groups(studies, true)) {
    requests.push(searchSeries(below(group, objects.series), group));
    requests.push(searchInstances(below(group, objects.instances), whole(group)));
  }
  for (const group of groups(series, true)) {
    requests.push(rows(group, ['count']));
    requests.push(searchInstances(below(group, objects.instances), group));
  }
  for (const group of groups(instances, true)) requests.push(rows(group, []));
  for (const study of studies) requests.push(metadata(below([study], objects.instances), whole([study])));
  for (const uid of series) requests.push(metadata(below([uid], objects.instances), [uid]));
  for (const uid of instances) requests.push(metadata([uid], []));
  return requests;
}

/** The series and the study of an instance; the study of a series. */
function ancestorsOf(uid: string): string[] {
  const parts = uid.split('.').length;
  return parts === 4 ? [parentOf(uid), parentOf(parentOf(uid))] : parts === 3 ? [parentOf(uid)] : [];
}

/** Who has listed all members has counted them. */
function derive(objects: Objects, facts: Set<string>): Facts {
  for (const uid of objects.series) if (facts.has(`all ${uid}`)) facts.add(`count ${uid}`);
  for (const uid of objects.studies) {
    const own = objects.series.filter((series) => parentOf(series) === uid);
    if (facts.has(`all ${uid}`) && own.every((series) => facts.has(`all ${series}`))) facts.add(`count ${uid}`);
  }
  return facts;
}
