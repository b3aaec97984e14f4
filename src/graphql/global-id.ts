import { isUid, type Uid } from '../dicom/uid.ts';
import { FacadeError } from '../errors.ts';

/** What a global id names: an object of one origin, by its whole UID path. */
export type GlobalId =
  | { readonly type: 'Study'; readonly origin: string; readonly study: Uid }
  | { readonly type: 'Series'; readonly origin: string; readonly study: Uid; readonly series: Uid }
  | {
      readonly type: 'Instance';
      readonly origin: string;
      readonly study: Uid;
      readonly series: Uid;
      readonly instance: Uid;
    };

export function encodeGlobalId(id: GlobalId): string {
  const uids = [id.study, 'series' in id ? id.series : null, 'instance' in id ? id.instance : null];
  return Buffer.from([id.type, id.origin, ...uids.filter((uid) => uid !== null)].join(' ')).toString('base64url');
}

/** @throws {FacadeError} BAD_USER_INPUT: no id of ours. */
export function parseGlobalId(text: string, argument: string): GlobalId {
  const [type, origin, study, series, instance, ...rest] = Buffer.from(text.slice(0, 1024), 'base64url')
    .toString('utf8')
    .split(' ');
  const id = toGlobalId(
    type,
    origin ?? '',
    [study, series, instance].filter((uid) => uid !== undefined),
  );
  if (id === null || rest.length > 0 || encodeGlobalId(id) !== text) {
    throw new FacadeError('BAD_USER_INPUT', 'Not an id that this service gave', { argument });
  }
  return id;
}

function toGlobalId(type: string | undefined, origin: string, uids: readonly string[]): GlobalId | null {
  if (!uids.every(isUid)) return null;
  const [study, series, instance] = uids;
  if (type === 'Study' && study && uids.length === 1) return { type, origin, study };
  if (type === 'Series' && study && series && uids.length === 2) return { type, origin, study, series };
  if (type === 'Instance' && study && series && instance) return { type, origin, study, series, instance };
  return null;
}
