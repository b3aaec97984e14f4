import { expect } from 'vitest';
import { readIdentity } from '../../../src/part10/read-identity.ts';
import { readParts } from '../../support/archive.ts';
import { fileShownIn, type WorldFile, world } from '../../support/ruled-world.ts';
import { distinct, expectNothingElse, type Json, within } from './asking.ts';
import type { Root } from './mint-everything.ts';
import { shownIn } from './open-links.ts';

/** All that is asked below a DICOMweb root, and one instance of its study or series. */
export async function openRoot(root: Root, visible: readonly WorldFile[], pick: number): Promise<void> {
  const own = within(root.uid, visible);
  await searchBelow(root, own);
  if (root.uid.split('.').length === 2) await searchStudies(root, own);
  const [study = '', series] = scopeOf(root);
  const scope = `${root.url}/studies/${study}${series === undefined ? '' : `/series/${series}`}`;
  await retrieveAll(scope, own);
  const inside = world.filter((file) => within(root.uid, [file]).length > 0);
  await retrieveOne(root, inside[pick % inside.length] as WorldFile, own);
}

/** Study, and series of a root for one. */
function scopeOf({ uid }: Root): readonly [string, string?] {
  const study = uid.split('.').slice(0, 2).join('.');
  return uid === study ? [study] : [study, uid];
}

async function searchBelow({ url }: Root, own: readonly WorldFile[]): Promise<void> {
  for (const level of ['series', 'instances'] as const) {
    const response = await fetch(`${url}/${level}?includefield=NumberOfSeriesRelatedInstances&limit=50`);
    const rows: Json[] = response.status === 204 ? [] : ((await response.json()) as Json[]);
    expectNothingElse(JSON.stringify(rows), own);
    const [tag, name] = level === 'series' ? ['0020000E', 'series' as const] : ['00080018', 'instance' as const];
    expect(distinct(rows.map((row) => row[tag].Value[0]))).toEqual(distinct(own.map((file) => file[name])));
    for (const row of level === 'series' ? rows : []) {
      const [patient = ''] = row['00100020']?.Value ?? [];
      const below = own.filter((file) => file.series === row['0020000E'].Value[0]);
      const counts = [below.length, below.filter((file) => file.patient === patient).length];
      expect(counts).toContain(row['00201209'].Value[0]);
    }
  }
}

async function searchStudies({ url }: Root, own: readonly WorldFile[]): Promise<void> {
  const response = await fetch(`${url}/studies`);
  expect(response.status).toBe(own.length === 0 ? 204 : 200);
  for (const row of own.length === 0 ? [] : ((await response.json()) as Json[])) {
    const ofPatient = own.filter(({ patient }) => patient === (row['00100020']?.Value?.[0] ?? ''));
    expect(row['00201208'].Value).toEqual([ofPatient.length]);
    expect(distinct(row['00080061'].Value)).toEqual(distinct(ofPatient.map(({ modality }) => modality)));
  }
}

async function retrieveAll(scope: string, own: readonly WorldFile[]): Promise<void> {
  const instances = distinct(own.map(({ instance }) => instance));
  const metadata = await fetch(`${scope}/metadata`);
  const accept = 'multipart/related; type="application/dicom"; transfer-syntax=*';
  const native = await fetch(scope, { headers: { accept } });
  expect([metadata.status, native.status]).toEqual(own.length === 0 ? [404, 404] : [200, 200]);
  const rows = (await metadata.json()) as Json;
  if (own.length === 0) return void (await native.arrayBuffer());
  expect(distinct(rows.map((row: Json) => row['00080018'].Value[0]))).toEqual(instances);
  const parts = await readParts(native);
  expect(distinct(parts.map(({ body }) => readIdentity(body).sopInstanceUid))).toEqual(instances);
}

async function retrieveOne({ url }: Root, file: WorldFile, own: readonly WorldFile[]): Promise<void> {
  const at = `${url}/studies/${file.study}/series/${file.series}/instances/${file.instance}`;
  const status = own.includes(file) ? 200 : 404;
  const accept = 'application/octet-stream; transfer-syntax=*';
  const [frame, picture, metadata] = [
    await fetch(`${at}/frames/1`, { headers: { accept } }),
    await fetch(`${at}/rendered`),
    await fetch(`${at}/metadata`),
  ];
  const statuses = [frame.status, picture.status, metadata.status];
  expect([file.instance, ...statuses]).toEqual([file.instance, status, status, status]);
  const [stored, drawn] = [await frame.arrayBuffer(), await picture.arrayBuffer(), await metadata.arrayBuffer()];
  if (status === 404) return;
  expect(fileShownIn([...new Uint16Array(stored)])?.instance).toBe(file.instance);
  expect(await shownIn(new Uint8Array(drawn))).toBe(file.instance);
}
