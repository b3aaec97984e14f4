import { type DictionaryEntry as EntryModel, searchDictionary } from '../../dicom/dictionary.ts';
import { builder } from '../builder.ts';
import { maxDictionaryEntries, parseFirst } from '../limits.ts';

const DictionaryEntry = builder.objectRef<EntryModel>('DictionaryEntry').implement({
  description: 'An attribute of PS3.6.',
  fields: (t) => ({
    tag: t.field({
      type: 'Tag',
      nullable: false,
      description: 'Group and element; of a repeating group, its first.',
      resolve: ({ tag }) => tag,
    }),
    keyword: t.exposeString('keyword', { nullable: false, description: 'As in attribute paths.' }),
    name: t.exposeString('name', { nullable: false, description: 'For people to read.' }),
    vr: t.exposeStringList('vr', { nullable: false, description: 'One, or those that it may have: US or SS.' }),
    vm: t.exposeString('vm', { nullable: false, description: 'Value multiplicity: 1, 1-n, 3.' }),
    retired: t.exposeBoolean('retired', { nullable: false, description: 'No longer written by conforming systems.' }),
  }),
});

builder.queryField('dictionary', (t) =>
  t.field({
    type: [DictionaryEntry],
    nullable: { list: false, items: false },
    description: 'Attributes as people look for them: "slice thick", (0018,0050), SliceTh. The best match first.',
    args: {
      search: t.arg.string({ required: true, description: 'Part of a keyword, a name or a tag.' }),
      first: t.arg.int({ defaultValue: 20, description: `At most so many: 0 to ${maxDictionaryEntries}.` }),
    },
    resolve: (_root, { search, first }) =>
      searchDictionary(search.slice(0, 200), parseFirst(first, maxDictionaryEntries, 20)),
  }),
);
