import { expect } from 'vitest';
import { readIdentity } from '../../../src/part10/read-identity.ts';
import { readParts } from '../../support/archive.ts';
import { readPicture } from '../../support/render.ts';
import { fileShownIn, profileOf, type WorldFile } from '../../support/ruled-world.ts';
import { distinct, expectNothingElse, type Json, within } from './asking.ts';
import type { Link } from './mint-everything.ts';

const missing = { type: 'about:blank', title: 'No such object', status: 404, code: 'NOT_FOUND', retryable: false };

/** What a link gives is of what may be seen, whether it is kept or not; else there is nothing. */
export async function openLink({ form, uid, url }: Link, visible: readonly WorldFile[]): Promise<void> {
  const own = within(uid, visible);
  const response = await fetch(url);
  const body = Buffer.from(await response.clone().arrayBuffer());
  if (own.length === 0) {
    expect([form, uid, response.status]).toEqual([form, uid, 404]);
    expect(JSON.parse(body.toString())).toEqual(missing);
    return;
  }
  expect([form, uid, response.status]).toEqual([form, uid, 200]);
  const instances = distinct(own.map(({ instance }) => instance));
  switch (form) {
    case 'metadata': {
      const rows: Json[] = JSON.parse(body.toString());
      expect(distinct(rows.map((row) => row['00080018'].Value[0]))).toEqual(instances);
      return expectNothingElse(body.toString(), visible);
    }
    case 'native': {
      const isMultipart = response.headers.get('content-type')?.startsWith('multipart/');
      const files = isMultipart ? (await readParts(response)).map((part) => part.body) : [body];
      return expect(distinct(files.map((file) => readIdentity(file).sopInstanceUid))).toEqual(instances);
    }
    case 'frame':
    case 'template': {
      const stored = new Uint16Array(body.buffer, body.byteOffset, body.length / 2);
      return expect(fileShownIn([...stored])?.instance).toBe(uid);
    }
    case 'bulkData':
      return expect(body).toEqual(profileOf(own[0] as WorldFile));
    case 'thumbnail':
    case 'rendered':
      return expect(instances).toContain(await shownIn(body));
  }
}

/** SOP Instance UID of the image that a picture is of. */
export async function shownIn(picture: Uint8Array): Promise<string | undefined> {
  const { data, channels } = await readPicture(picture);
  return fileShownIn([...data].filter((_, index) => index % channels === 0))?.instance;
}
