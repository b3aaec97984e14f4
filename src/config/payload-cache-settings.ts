import { join } from 'node:path';
import type { CheckedValues } from './check-values.ts';
import { path, type Setting, wholeNumber } from './setting.ts';

const week = 604_800;

/** What is kept of objects and images that links lead to. */
export const payloadCacheSettings = {
  folder: path({
    group: 'Limits',
    placeholder: 'DIR',
    help: 'Where objects and images are kept, as plain files; processes may share it (default: payloads in the state folder).',
    default: undefined,
    rare: true,
  }),
  objectBytes: bytes(
    { demo: 2 ** 28, serve: 0 },
    'Disk space for native objects, frames and bulk data that links lead to, in bytes; 0: none is kept.',
  ),
  objectTtlSeconds: seconds(3_600, 'How long they are kept, in seconds.'),
  renderedBytes: bytes(
    { demo: 2 ** 26, serve: 0 },
    'Disk space for rendered images and thumbnails that links lead to, in bytes; 0: none is kept.',
  ),
  renderedTtlSeconds: seconds(3_600, 'How long they are kept, in seconds.'),
  metadataBytes: wholeNumber({
    group: 'Limits',
    min: 0,
    max: 2 ** 34,
    help: 'Memory for metadata that links lead to, in bytes; 0: none is kept.',
    default: 2 ** 25,
    rare: true,
  }),
  metadataTtlSeconds: seconds(60, 'How long it is kept, in seconds.'),
  maxEntryBytes: wholeNumber({
    group: 'Limits',
    min: 1,
    max: 2 ** 40,
    help: 'Largest object or image that is kept, in bytes; and never one of more than half the disk space for its kind.',
    default: 2 ** 28,
    rare: true,
  }),
  maxFills: wholeNumber({
    group: 'Limits',
    min: 1,
    max: 10_000,
    help: 'Most objects and images that are written at one time; more go by.',
    default: 128,
    rare: true,
  }),
};

type Values = CheckedValues['values']['payloadCache'];

export type PayloadCacheConfig = Omit<Values, 'folder'> & { readonly folder: string };

export const resolvePayloadCache = (values: Values, stateFolder: string): PayloadCacheConfig => ({
  ...values,
  folder: values.folder ?? join(stateFolder, 'payloads'),
});

function bytes(value: { readonly demo: number; readonly serve: number }, help: string): Setting<number> {
  return wholeNumber({ group: 'Limits', placeholder: 'BYTES', min: 0, max: 2 ** 46, help, default: value });
}

function seconds(value: number, help: string): Setting<number> {
  return wholeNumber({ group: 'Limits', min: 1, max: 4 * week, help, default: value, rare: true });
}
