import { profiles } from '../../src/origin/capabilities/profiles/profiles.ts';
import type { Switches } from './switchable-origin.ts';

const keysOf = (name: 'aws-healthimaging' | 'google' | 'azure' | 'static-dicomweb', others: 'refused' | 'ignored') => {
  const { study, series, instance } = profiles[name].capabilities.matchableKeys ?? {};
  return { study: study ?? [], series: series ?? [], instance: instance ?? [], others } as const;
};

/** Archives as their makers document them, as far as searches and metadata go: sets of switches. */
export const vendorSwitches = {
  'aws-healthimaging': {
    keys: keysOf('aws-healthimaging', 'ignored'),
    lists: 'literal',
    caseSensitive: true,
    ignoresOrder: true,
    maxLimit: { rows: 1_000, above: 'refused' },
    missing: ['series', 'instances'],
    metadata: { study: 404 },
  },
  google: {
    keys: keysOf('google', 'ignored'),
    lists: 'literal',
    noWildcards: true,
    caseSensitive: true,
    ignoresOrder: true,
    noCounts: true,
    empty: 200,
    maxLimit: { rows: 5_000, above: 'cut' },
  },
  azure: {
    keys: keysOf('azure', 'refused'),
    lists: 'literal',
    noWildcards: true,
    caseSensitive: true,
    ignoresOrder: true,
    fewDefaults: true,
    maxLimit: { rows: 200, above: 'refused' },
    metadataOmits: ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN'],
  },
  'dcm4chee-arc': { caseSensitive: true, studyCount: true },
  orthanc: { rawValues: true, ignoresOrder: true, empty: 200 },
  'static-dicomweb': {
    keys: keysOf('static-dicomweb', 'ignored'),
    lists: 'literal',
    noWildcards: true,
    noRanges: true,
    caseSensitive: true,
    ignoresOrder: true,
    ignoresLimit: true,
    ignoresOffset: true,
    ignoresIncludeField: true,
    noCounts: true,
    empty: 200,
    missing: ['series', 'instances', 'studies/instances'],
    metadata: { study: 404, instance: 404 },
  },
} as const satisfies Readonly<Record<string, Switches>>;

/** Each quirk by itself, in front of an archive of which nothing else is known. */
export const quirks = {
  'filters ignored': { keys: { study: [], series: [], instance: [], others: 'ignored' } },
  'filters refused': { keys: { study: ['StudyInstanceUID'], series: [], instance: [], others: 'refused' } },
  'values not decoded': { rawValues: true },
  'empty is 200': { empty: 200 },
  'empty is 204': { empty: 204 },
  'limit ignored': { ignoresLimit: true },
  'limit and offset ignored': { ignoresLimit: true, ignoresOffset: true },
  'offset ignored': { ignoresOffset: true },
  'limit cut': { maxLimit: { rows: 200, above: 'cut' } },
  'limit refused': { maxLimit: { rows: 200, above: 'refused' } },
  'rows repeated': { repeatsRows: true },
  'no counts': { noCounts: true },
  'includefield ignored': { ignoresIncludeField: true },
  'few attributes unasked': { fewDefaults: true },
  'lists literal': { lists: 'literal' },
  'lists refused': { lists: 'refused' },
  'no root searches': { missing: ['series', 'instances'] },
  'no search of the instances of a study': { missing: ['studies/instances'] },
  'no wildcards': { noWildcards: true },
  'no ranges': { noRanges: true },
  'case regarded': { caseSensitive: true },
  'case regarded, no wildcards': { caseSensitive: true, noWildcards: true },
  'no order': { ignoresOrder: true },
  'no metadata of a study': { metadata: { study: 405 } },
  'metadata of main tags': { metadata: { study: 'main tags', series: 'main tags' } },
  'no metadata of an instance': { metadata: { instance: 404 } },
  'URIs relative': { uris: 'relative' },
  'URIs foreign': { uris: 'foreign' },
  'everything compressed': { gzip: true },
  'throttled twice': { throttled: 2 },
} as const satisfies Readonly<Record<string, Switches>>;
