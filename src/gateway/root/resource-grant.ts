import { checkGrant } from '../../links/check-grant.ts';
import type { LinkGrant, LinkRepresentation } from '../../links/grant.ts';
import type { ObjectRef } from '../../origin/resource.ts';

/** What is asked of one resource below a root. */
type Asked = Partial<
  Pick<LinkGrant, 'frame' | 'mediaType' | 'transferSyntaxUID' | 'rendering' | 'attributePath' | 'originPath'>
>;

/**
 * What a root grants of one resource, as a link to that resource alone would: whatever delivers links delivers it.
 *
 * @throws {LinkGrantError} BAD_USER_INPUT: parameters out of range.
 */
export function resourceGrant(
  root: LinkGrant,
  representation: LinkRepresentation,
  ref: ObjectRef,
  asked: Asked = {},
): LinkGrant {
  const grant: LinkGrant = {
    ...root,
    form: 'resource',
    methods: ['GET', 'HEAD'],
    representations: [representation],
    study: ref.study,
    series: ref.series ?? null,
    instance: ref.instance ?? null,
    ...asked,
  };
  checkGrant(grant);
  return grant;
}
