import { tagOf } from '../../../dicom/dictionary.ts';
import { isMeasurementReport, readMeasurements } from '../../../dicom/sr-measurements.ts';
import { FacadeError } from '../../../errors.ts';
import type { FieldDeclaration } from '../../../planner/declaration.ts';
import { builder } from '../../builder.ts';
import { readReport } from '../../content-node.ts';
import type { ItemNode } from '../../item-node.ts';
import { maxNestedPage, parseFirst } from '../../limits.ts';
import { instanceTypes } from '../instance-types.ts';
import { ContentItem } from './content-item.ts';
import { Measurement } from './measurement.ts';

const maxMeasurements = 10_000;
const templateSequence = tagOf('ContentTemplateSequence');
const templateIdentifier = tagOf('TemplateIdentifier');
const readsContent: FieldDeclaration = { reads: [tagOf('ContentSequence')], enters: 'inside' };

const VerifyingObserver = builder.objectRef<ItemNode>('VerifyingObserver').implement({
  description: 'Who answers for a report, and since when (PS3.3 §C.17.2).',
  fields: (t) => ({
    name: t.attribute('VerifyingObserverName'),
    organization: t.attribute('VerifyingOrganization'),
    dateTime: t.attribute('VerificationDateTime'),
    identification: t.concept('VerifyingObserverIdentificationCodeSequence'),
  }),
});

builder.objectFields(instanceTypes.StructuredReport, (t) => ({
  title: t.concept('ConceptNameCodeSequence', { description: 'The title of the document.' }),
  completion: t.attribute('CompletionFlag', { description: 'PARTIAL or COMPLETE.' }),
  verification: t.attribute('VerificationFlag', { description: 'UNVERIFIED or VERIFIED.' }),
  preliminary: t.attribute('PreliminaryFlag', { description: 'PRELIMINARY or FINAL.' }),
  contentDate: t.attribute('ContentDate'),
  contentTime: t.attribute('ContentTime'),
  verifyingObservers: t.items('VerifyingObserverSequence', VerifyingObserver),
  templateIdentifier: t.string({
    description: 'Template Identifier (0040,DB00) of the document: 1500 is TID 1500. Null: not told.',
    extensions: { dicom: { reads: [templateSequence], enters: 'inside' } satisfies FieldDeclaration },
    resolve: async (node) =>
      (await node.read(templateSequence)).items(templateSequence)[0]?.text(templateIdentifier) ?? null,
  }),
  contentItemCount: t.int({
    description: 'Items of content.',
    extensions: { dicom: readsContent },
    resolve: async (node, _args, context) => (await readReport(node, context)).items.length,
  }),
  content: t.field({
    type: [ContentItem],
    nullable: { list: true, items: false },
    description:
      'The content tree as a flat list, the root first: depth and path tell the tree. ROW_BUDGET: over 100,000.',
    args: {
      first: t.arg.int({ defaultValue: 1000, description: `At most so many: 0 to ${maxNestedPage}.` }),
      after: t.arg.string({ description: 'The path of the item before the first.' }),
    },
    extensions: { dicom: readsContent },
    resolve: async (node, { first, after }, context) => {
      const size = parseFirst(first, maxNestedPage, 1000);
      const report = await readReport(node, context);
      return report.page(size, after ?? null);
    },
  }),
  measurements: t.field({
    type: [Measurement],
    nullable: { list: true, items: false },
    description: `The numbers of a measurement report, in its order. Null: not a report of TID 1500; content has its numbers. ROW_BUDGET: more than ${maxMeasurements}.`,
    extensions: { dicom: readsContent },
    resolve: async (node, _args, context) => {
      const report = await readReport(node, context);
      if (!isMeasurementReport(report.root)) return null;
      const measurements = readMeasurements(report.items);
      if (measurements.length > maxMeasurements) {
        throw new FacadeError(
          'ROW_BUDGET',
          `A report has more than ${maxMeasurements} measurements: page its content`,
          {
            need: measurements.length,
            limit: maxMeasurements,
          },
        );
      }
      return measurements.map((measurement) => ({ ...measurement, report }));
    },
  }),
}));
