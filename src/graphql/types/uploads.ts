import { FacadeError } from '../../errors.ts';
import type { SignedUpload } from '../../links/signed-url.ts';
import { ensureStoring } from '../../origin/store.ts';
import { builder } from '../builder.ts';
import { findOrigin } from '../context.ts';

/** What an upload link takes. */
const mediaTypes = ['multipart/related; type="application/dicom"', 'application/dicom'] as const;

const CreateUploadInput = builder.inputType('CreateUploadInput', {
  description: 'What is to be sent.',
  fields: (t) => ({
    origin: t.id({ description: 'Where it goes. Default: the first origin.' }),
    studyInstanceUID: t.field({
      type: 'UID',
      description: 'Take files of this study (0020,000D) alone. Null: of any study.',
    }),
    maxBytes: t.field({
      type: 'Count',
      description: 'Most bytes of the whole body, at least 1. Default: as many as this service takes at all.',
    }),
  }),
});

const CreateUploadPayload = builder.objectRef<SignedUpload>('CreateUploadPayload').implement({
  description:
    'A link to send DICOM files to, once (STOW-RS, PS3.18 §10.5). The answer says of each file what became of it, as ' +
    'application/dicom+json.',
  fields: (t) => ({
    url: t.expose('url', { type: 'URL', nullable: false, description: 'It needs no header but Content-Type.' }),
    method: t.string({ nullable: false, description: 'POST.', resolve: () => 'POST' }),
    mediaTypes: t.field({
      type: ['String'],
      nullable: { list: false, items: false },
      description: 'Content-Types that are taken: several files, or one.',
      resolve: () => [...mediaTypes],
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: false,
      description: 'An upload has to begin before then: LINK_EXPIRED.',
    }),
    maxBytes: t.expose('maxBytes', {
      type: 'Count',
      nullable: false,
      description: 'Most bytes of the whole body: PAYLOAD_TOO_LARGE.',
    }),
  }),
});

builder.mutationField('createUpload', (t) =>
  t.field({
    type: CreateUploadPayload,
    scope: 'store',
    description:
      'A link to store files by. Needs the scope store. Instances that the origin has already are refused, one by one. ' +
      'REPRESENTATION_UNAVAILABLE: the origin stores nothing.',
    args: {
      input: t.arg({ type: CreateUploadInput, required: true, description: 'What is to be sent.' }),
    },
    resolve: async (_root, { input }, { limits, origins, links }) => {
      const origin = findOrigin(origins, input.origin);
      const limit = limits.maxUploadBytes;
      const maxBytes = input.maxBytes ?? limit;
      if (maxBytes < 1 || maxBytes > limit) {
        throw new FacadeError('BAD_USER_INPUT', `"maxBytes" is 1 to ${limit}`, { argument: 'input.maxBytes', limit });
      }
      if (!(await ensureStoring(origin))) {
        throw new FacadeError('REPRESENTATION_UNAVAILABLE', 'This origin stores nothing', { origin: origin.id });
      }
      return links.upload(origin.id, { study: input.studyInstanceUID ?? null, maxBytes });
    },
  }),
);
