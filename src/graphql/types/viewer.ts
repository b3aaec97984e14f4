import type { Principal } from '../../access/principal.ts';
import { builder } from '../builder.ts';
import type { OperationBounds } from '../limits.ts';

/** Rough measure of an operation before it runs: origin requests weigh most, and they have a bound of their own. */
const ViewerLimits = builder.objectRef<OperationBounds>('ViewerLimits').implement({
  description: 'What one operation may cost; beyond it, an error says need and limit.',
  fields: (t) => ({
    maxCost: t.exposeInt('maxCost', {
      nullable: false,
      description: 'Values, links and requests, weighed (docs/limits.md): COST_LIMIT.',
    }),
    maxOriginRequests: t.exposeInt('maxOriginRequests', {
      nullable: false,
      description: 'Requests to origins: REQUEST_BUDGET.',
    }),
    maxRows: t.exposeInt('maxRows', { nullable: false, description: 'Rows read from origins: ROW_BUDGET.' }),
    maxSignedUrls: t.exposeInt('maxSignedUrls', {
      nullable: false,
      description: 'Signed URLs, a template being one: LINK_BUDGET.',
    }),
  }),
});

const Viewer = builder.objectRef<{ principal: Principal; limits: OperationBounds }>('Viewer').implement({
  description: 'Who asks, as this service knows it.',
  fields: (t) => ({
    subject: t.string({
      nullable: false,
      description: 'Who; `anonymous` where there is no access control.',
      resolve: ({ principal }) => principal.subject,
    }),
    scopes: t.field({
      type: ['String'],
      nullable: { list: false, items: false },
      description: 'What the viewer may do.',
      resolve: ({ principal }) => [...principal.scopes],
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When its credentials end. Null: never.',
      resolve: ({ principal: { expiresAt } }) => (expiresAt === null ? null : new Date(expiresAt * 1000)),
    }),
    limits: t.field({
      type: ViewerLimits,
      nullable: false,
      description: 'Bounds of one operation.',
      resolve: ({ limits }) => limits,
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    nullable: false,
    description: 'Who asks.',
    resolve: (_root, _args, { principal, limits }) => ({ principal, limits }),
  }),
);
