import { isUid } from '../dicom/uid.ts';
import type { LinkGrant } from '../links/grant.ts';
import { LinkInvalidError } from '../links/link-error.ts';
import type { InstanceRef, ObjectRef } from '../origin/resource.ts';

/** The study, series or instance that is granted; its path is built from this, never from what a client wrote. */
export function objectOf({ study, series, instance }: LinkGrant): ObjectRef {
  if (!isUid(study)) throw new LinkInvalidError();
  if (series === null) return { study };
  if (!isUid(series)) throw new LinkInvalidError();
  if (instance === null) return { study, series };
  if (!isUid(instance)) throw new LinkInvalidError();
  return { study, series, instance };
}

/** @throws {LinkInvalidError} A series or a study is granted. */
export function instanceOf(grant: LinkGrant): InstanceRef {
  const { study, series, instance } = objectOf(grant);
  if (series === undefined || instance === undefined) throw new LinkInvalidError();
  return { study, series, instance };
}

/** Transfer syntax to ask the origin for; without one, the object as it is stored. */
export function wantedSyntax({ transferSyntaxUID }: LinkGrant) {
  if (transferSyntaxUID === null) return { transferSyntax: '*' } as const;
  if (!isUid(transferSyntaxUID)) throw new LinkInvalidError();
  return { transferSyntax: transferSyntaxUID };
}
