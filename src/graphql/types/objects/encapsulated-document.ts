import { tagOf } from '../../../dicom/dictionary.ts';
import type { FieldDeclaration } from '../../../planner/declaration.ts';
import { builder } from '../../builder.ts';
import { linkBulkData } from '../../bulk-data.ts';
import { instanceTypes } from '../instance-types.ts';
import { SignedUrl } from '../signed-url.ts';

const document = tagOf('EncapsulatedDocument');

builder.objectFields(instanceTypes.EncapsulatedDocument, (t) => ({
  mediaType: t.attribute('MIMETypeOfEncapsulatedDocument', { description: 'application/pdf, text/xml (CDA)...' }),
  title: t.attribute('DocumentTitle'),
  concept: t.concept('ConceptNameCodeSequence', { description: 'What kind of document it is.' }),
  documentLength: t.attribute('EncapsulatedDocumentLength', { description: 'Bytes, without padding. Null: not told.' }),
  link: t.field({
    type: SignedUrl,
    description: 'The document, with its media type: a browser shows a PDF. Null: empty, or left out by the origin.',
    extensions: { dicom: { reads: [document] } satisfies FieldDeclaration },
    resolve: async (node, _args, context) => {
      const element = (await node.metadata()).element(document);
      return element?.kind === 'binary' ? linkBulkData(context, node, [{ tag: document }], element) : null;
    },
  }),
}));
