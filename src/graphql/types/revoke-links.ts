import { FacadeError } from '../../errors.ts';
import { builder } from '../builder.ts';
import { type Context, findOrigin } from '../context.ts';

const maxSubjectLength = 1_000;

const StudyRef = builder.inputType('StudyRef', {
  description: 'A study of an origin.',
  fields: (t) => ({
    origin: t.id({ description: 'Default: the first origin.' }),
    studyInstanceUID: t.field({ type: 'UID', required: true, description: 'Study Instance UID (0020,000D).' }),
  }),
});

const RevokeLinksTarget = builder.inputType('RevokeLinksTarget', {
  description: 'Whose links end.',
  isOneOf: true,
  fields: (t) => ({
    study: t.field({ type: StudyRef, description: 'All links into this study, of whomever.' }),
    subject: t.string({ description: 'All links that were minted for this subject (see viewer.subject).' }),
    origin: t.id({ description: 'All links into this origin.' }),
  }),
});

const RevokeLinksInput = builder.inputType('RevokeLinksInput', {
  description: 'What is to be revoked.',
  fields: (t) => ({
    target: t.field({ type: RevokeLinksTarget, required: true, description: 'One of them.' }),
  }),
});

const RevokeLinksPayload = builder.objectRef<{ readonly epoch: number }>('RevokeLinksPayload').implement({
  description: 'What became of it.',
  fields: (t) => ({
    epoch: t.expose('epoch', {
      type: 'Count',
      nullable: false,
      description: 'The counter that links bear: those of the target with less are answered LINK_REVOKED.',
    }),
  }),
});

builder.mutationField('revokeLinks', (t) =>
  t.field({
    type: RevokeLinksPayload,
    scope: 'admin',
    description:
      'Ends every link of a study, a subject or an origin that was minted so far: files, frames, templates, DICOMweb roots ' +
      'and uploads. Within a second, in all processes that share a state folder. Links minted after it are good. Needs the ' +
      'scope admin.',
    args: {
      input: t.arg({ type: RevokeLinksInput, required: true, description: 'Whose.' }),
    },
    resolve: async (_root, { input }, context) => {
      return { epoch: await revoke(input.target, context) };
    },
  }),
);

async function revoke(
  { study, subject, origin }: typeof RevokeLinksTarget.$inferInput,
  { origins, revoker, audit }: Context,
): Promise<number> {
  if (study) {
    const of = { origin: findOrigin(origins, study.origin).id, study: study.studyInstanceUID };
    const epoch = await revoker.study(of.origin, of.study);
    audit?.revoked('study', of, null);
    return epoch;
  }
  if (origin) {
    const { id } = findOrigin(origins, origin);
    const epoch = await revoker.origin(id);
    audit?.revoked('origin', { origin: id, study: null }, null);
    return epoch;
  }
  if (!subject || subject.length > maxSubjectLength) {
    throw new FacadeError('BAD_USER_INPUT', 'Not a subject', { argument: 'input.target.subject' });
  }
  const epoch = await revoker.subject(subject);
  audit?.revoked('subject', null, subject);
  return epoch;
}
