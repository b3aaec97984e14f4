import type { PersonNameGroup, PersonName as PersonNameModel } from '../../dicom/person-name.ts';
import { builder } from '../builder.ts';

export const PersonNameComponents = builder.objectRef<PersonNameGroup>('PersonNameComponents').implement({
  description: 'One component group of a person name (PS3.5 §6.2.1). An empty component is null.',
  fields: (t) => ({
    familyName: t.exposeString('familyName', {
      description: 'Family name complex; of an animal, the responsible party.',
    }),
    givenName: t.exposeString('givenName', { description: 'Given name complex; of an animal, its name.' }),
    middleName: t.exposeString('middleName', { description: 'Middle names.' }),
    prefix: t.exposeString('prefix', { description: 'Prefixes: Rev., Dr.' }),
    suffix: t.exposeString('suffix', { description: 'Suffixes: B.A., Jr.' }),
    raw: t.exposeString('raw', { nullable: false, description: 'As stored: components joined by ^.' }),
  }),
});

export const PersonName = builder.objectRef<PersonNameModel>('PersonName').implement({
  description: 'A person name (PN) with its up to three component groups (PS3.5 §6.2.1).',
  fields: (t) => ({
    alphabetic: t.expose('alphabetic', {
      type: PersonNameComponents,
      description: 'In a script of single bytes, mostly Latin.',
    }),
    ideographic: t.expose('ideographic', {
      type: PersonNameComponents,
      description: 'In ideographic characters, or in the script of the country.',
    }),
    phonetic: t.expose('phonetic', { type: PersonNameComponents, description: 'As it is spoken: hiragana, hangul.' }),
    formatted: t.exposeString('formatted', {
      description: 'For people to read, from the first group that holds something.',
    }),
    raw: t.exposeString('raw', { nullable: false, description: 'As stored: components joined by ^, groups by =.' }),
  }),
});
