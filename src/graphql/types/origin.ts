import type { Capabilities, CapabilityEvidence as EvidenceModel } from '../../origin/capabilities/capabilities.ts';
import { usualRendererOf } from '../../origin/capabilities/rendering.ts';
import type { Origin as OriginModel } from '../../origin/origin.ts';
import { builder } from '../builder.ts';
import { Representation } from './signed-url.ts';

const CapabilityEvidence = builder.objectRef<EvidenceModel>('CapabilityEvidence').implement({
  description: 'How it is known what an origin can do.',
  fields: (t) => ({
    capability: t.exposeString('capability', { nullable: false, description: 'What it is about.' }),
    supported: t.exposeBoolean('supported', { nullable: false, description: 'Whether the origin can do it.' }),
    how: t.exposeString('how', {
      nullable: false,
      description: "probed, configured, or documented (with the vendor's date).",
    }),
    asOf: t.expose('asOf', { type: 'DateTime', nullable: false, description: 'When that was found.' }),
  }),
});

const RenderedBy = builder.enumType('RenderedBy', {
  description: 'Who makes rendered forms.',
  values: {
    ORIGIN: { description: 'The origin; what it cannot, the gateway.' },
    GATEWAY: { description: 'The gateway, of stored frames.' },
  },
});

const renderers = { origin: 'ORIGIN', gateway: 'GATEWAY' } as const;

const OriginCapabilities = builder.objectRef<Capabilities>('OriginCapabilities').implement({
  description: 'What an origin can do: found out, not assumed. Queries are planned by it.',
  fields: (t) => ({
    uidListMatching: t.exposeBoolean('uidListMatching', {
      nullable: false,
      description: 'One search serves many studies (PS3.18 §8.3.4.1).',
    }),
    rootSeriesSearch: t.exposeBoolean('rootSeriesSearch', {
      nullable: false,
      description: 'Series can be searched without their study.',
    }),
    rootInstanceSearch: t.exposeBoolean('rootInstanceSearch', {
      nullable: false,
      description: 'Instances can be searched without their study.',
    }),
    includeField: t.exposeBoolean('includeField', {
      nullable: false,
      description: 'Searches bring the attributes that are asked for.',
    }),
    fuzzyMatching: t.exposeBoolean('fuzzyMatching', {
      nullable: false,
      description: 'Fuzzy matching of person names.',
    }),
    ordering: t.exposeBoolean('ordering', {
      nullable: false,
      description: 'Studies come ordered; where not, by slices of StudyDate.',
    }),
    maxSearchLimit: t.exposeInt('maxSearchLimit', {
      description: 'Most rows one request returns; null: no limit known.',
    }),
    maxSearchRows: t.expose('maxSearchRows', {
      type: 'Count',
      description: 'Most rows that can be paged to; null: no limit known.',
    }),
    representations: t.field({
      type: [Representation],
      nullable: { list: false, items: false },
      description: 'Forms that can be had.',
      resolve: ({ representations }) => representations,
    }),
    renderedBy: t.field({
      type: RenderedBy,
      description: 'Null: nobody renders.',
      resolve: (capabilities) => {
        const renderer = usualRendererOf(capabilities);
        return renderer && renderers[renderer];
      },
    }),
    nativeSyntaxes: t.expose('nativeSyntaxes', {
      type: ['UID'],
      nullable: { list: true, items: false },
      description: 'What native objects are converted to. Null: not known, until the link answers 406.',
    }),
    frameSyntaxes: t.expose('frameSyntaxes', {
      type: ['UID'],
      nullable: { list: true, items: false },
      description: 'The same of frames.',
    }),
    evidence: t.field({
      type: [CapabilityEvidence],
      nullable: { list: true, items: false },
      scope: 'admin',
      description: 'How each of these is known.',
      resolve: ({ evidence }) => evidence,
    }),
  }),
});

export const Origin = builder.objectRef<OriginModel>('Origin').implement({
  description: 'An imaging archive behind this service: a DICOMweb origin server.',
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false, description: 'Its name in `origin` arguments.' }),
    name: t.exposeString('name', { nullable: false, description: 'For people to read.' }),
    healthy: t.exposeBoolean('healthy', {
      description: 'Whether its last requests were answered. Null: none was made.',
    }),
    capabilities: t.field({
      type: OriginCapabilities,
      description: 'What it can do.',
      resolve: ({ capabilities }) => capabilities,
    }),
  }),
});

builder.queryField('origins', (t) =>
  t.field({
    type: [Origin],
    nullable: { list: false, items: false },
    description: 'The archives that can be asked; the first is the default.',
    resolve: (_root, _args, { origins }) => [...origins.values()],
  }),
);
