import { contentText } from '../../../dicom/content-text.ts';
import { conceptOf, contentValueOf, valueTypeOf } from '../../../dicom/sr-content.ts';
import { builder } from '../../builder.ts';
import type { ContentNode } from '../../content-node.ts';
import { CodedConcept } from '../coded-concept.ts';
import { ContentValue, codeSource, valueModelOf } from './content-value.ts';

export const ContentItem = builder.objectRef<ContentNode>('ContentItem').implement({
  description: 'One item of the content tree of a report (PS3.3 §C.17.3).',
  fields: (t) => ({
    depth: t.int({
      nullable: false,
      description: '0: the root; its children have 1.',
      resolve: ({ content }) => content.depth,
    }),
    path: t.string({
      nullable: false,
      description: 'Its place: the root is 1, the third child of its second child 1.2.3.',
      resolve: ({ content }) => content.path,
    }),
    relationship: t.attribute('RelationshipType', {
      description: 'To the item above: CONTAINS, HAS CONCEPT MOD, INFERRED FROM... Null: the root.',
    }),
    valueType: t.string({
      description: 'Value Type (0040,A040): TEXT, CODE, NUM, IMAGE... Null: a reference to another item.',
      resolve: ({ content }) => valueTypeOf(content),
    }),
    concept: t.field({
      type: CodedConcept,
      description: 'Concept Name Code Sequence (0040,A043): what the value is of. Null: not named, as images often.',
      resolve: ({ content }) => codeSource(conceptOf(content)),
    }),
    observationDateTime: t.attribute('ObservationDateTime'),
    display: t.string({
      description: 'The value in one text, for people to read: 17 mm. Null: no value, a container.',
      resolve: ({ content }) => {
        const value = contentValueOf(content);
        return value && contentText(value);
      },
    }),
    value: t.field({
      type: ContentValue,
      description: 'The value, typed. Null: a value type without a type of its own here.',
      resolve: valueModelOf,
    }),
  }),
});
