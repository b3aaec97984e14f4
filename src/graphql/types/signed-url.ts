import type {
  SignedDicomwebRoot as RootModel,
  SignedUrl as SignedUrlModel,
  SignedUrlTemplate as TemplateModel,
} from '../../links/signed-url.ts';
import type { allRepresentations } from '../../origin/capabilities/capabilities.ts';
import { builder } from '../builder.ts';

export const Representation = builder.enumType('Representation', {
  description:
    'A form in which an object can be retrieved. Each is a path of its own: a preview is never taken for an object.',
  values: {
    NATIVE: { description: 'The stored object (PS3.18 §10.4.1.1.1).' },
    FRAMES: { description: 'Pixel data of single frames (PS3.18 §10.4.1.1.6).' },
    RENDERED: { description: 'An image for display (PS3.18 §10.4.1.1.3).' },
    THUMBNAIL: { description: 'A small image (PS3.18 §10.4.1.1.4).' },
    BULKDATA: { description: 'The bytes of one attribute (PS3.18 §10.4.1.1.5).' },
    METADATA: { description: 'The attributes without bulk data (PS3.18 §10.4.1.1.2).' },
  } satisfies Record<(typeof allRepresentations)[number], object>,
});

export const SignedUrl = builder.objectRef<SignedUrlModel>('SignedUrl').implement({
  description:
    'A short-lived URL that needs no header: good for img, fetch, curl. Whoever has it may use it until it expires.',
  fields: (t) => ({
    url: t.expose('url', { type: 'URL', nullable: false, description: 'GET or HEAD.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: false,
      description: 'Refused with LINK_EXPIRED from then on.',
    }),
    mediaType: t.exposeString('mediaType', { description: 'Null where only the retrieval will tell (as stored).' }),
    transferSyntaxUID: t.field({
      type: 'UID',
      description:
        'Of native objects and frames. Null where only the retrieval will tell (as stored), and for every other form.',
      resolve: ({ transferSyntaxUID }) => transferSyntaxUID,
    }),
    representation: t.expose('representation', {
      type: Representation,
      nullable: false,
      description: 'What it gives.',
    }),
  }),
});

export const SignedUrlTemplate = builder.objectRef<TemplateModel>('SignedUrlTemplate').implement({
  description: 'RFC 6570 template: one signature for every frame. Expand {frame} with 1 to frameCount.',
  fields: (t) => ({
    template: t.exposeString('template', {
      nullable: false,
      description: 'Level 1 of RFC 6570, with one variable: frame.',
    }),
    frameCount: t.exposeInt('frameCount', {
      nullable: false,
      description: 'The last frame. No frame beyond it is answered.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: false, description: 'Of every URL made from it.' }),
    mediaType: t.exposeString('mediaType', { description: 'Null where only the retrieval will tell (as stored).' }),
    transferSyntaxUID: t.field({
      type: 'UID',
      description: 'Null where only the retrieval will tell (as stored), and for rendered frames.',
      resolve: ({ transferSyntaxUID }) => transferSyntaxUID,
    }),
    representation: t.expose('representation', {
      type: Representation,
      nullable: false,
      description: 'FRAMES or RENDERED.',
    }),
  }),
});

export const SignedDicomwebRoot = builder.objectRef<RootModel>('SignedDicomwebRoot').implement({
  description:
    'A DICOMweb root, to read, good for one study or series alone, for clients that speak DICOMweb themselves: QIDO-RS and WADO-RS below it, its addresses rewritten to lead to it.',
  fields: (t) => ({
    url: t.expose('url', {
      type: 'URL',
      nullable: false,
      description: 'What a DICOMweb client takes for the base URL of its service; `/studies` follows.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: false,
      description: 'Everything below it is refused with LINK_EXPIRED from then on.',
    }),
    representations: t.expose('representations', {
      type: [Representation],
      nullable: { list: false, items: false },
      description: 'What it gives. Searches count as METADATA.',
    }),
  }),
});
