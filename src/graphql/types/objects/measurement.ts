import type {
  MeasurementGroup as GroupModel,
  Measurement as MeasurementModel,
} from '../../../dicom/sr-measurements.ts';
import { builder } from '../../builder.ts';
import type { Report } from '../../content-node.ts';
import { CodedConcept } from '../coded-concept.ts';
import { ReferencedInstance } from '../referenced-instance.ts';
import { ContentItem } from './content-item.ts';
import { codeSource } from './content-value.ts';

interface InReport {
  readonly report: Report;
}

const MeasurementGroup = builder.objectRef<GroupModel & InReport>('MeasurementGroup').implement({
  description: 'What the measurements of one lesion or region have in common (PS3.16 TID 1410, 1411, 1501).',
  fields: (t) => ({
    number: t.exposeInt('number', { nullable: false, description: 'From 1, in the order of the report.' }),
    trackingID: t.exposeString('trackingID', { description: 'Tracking Identifier (112039, DCM).' }),
    trackingUID: t.field({
      type: 'UID',
      description: 'Tracking Unique Identifier (112040, DCM): the same in segmentations, and over time.',
      resolve: (group) => group.trackingUID,
    }),
    category: t.field({
      type: CodedConcept,
      description: 'Finding category (276214006, SCT).',
      resolve: ({ category }) => codeSource(category),
    }),
    finding: t.field({
      type: CodedConcept,
      description: 'Finding (121071, DCM): what is measured.',
      resolve: ({ finding }) => codeSource(finding),
    }),
    findingSite: t.field({
      type: CodedConcept,
      description: 'Finding site (363698007, SCT; G-C0E3, SRT).',
      resolve: ({ findingSite }) => codeSource(findingSite),
    }),
    laterality: t.field({
      type: CodedConcept,
      description: 'Laterality (272741003, SCT; G-C171, SRT) of the site.',
      resolve: ({ laterality }) => codeSource(laterality),
    }),
    evaluations: t.field({
      type: [ContentItem],
      nullable: { list: false, items: false },
      description: 'Qualitative evaluations: the codes that the group contains beside those above.',
      resolve: ({ evaluations, report }) => evaluations.map((item) => report.node(item)),
    }),
  }),
});

export const Measurement = builder.objectRef<MeasurementModel & InReport>('Measurement').implement({
  description: 'A number of a measurement report, with what its group says about it (PS3.16 TID 1500).',
  fields: (t) => ({
    name: t.field({
      type: CodedConcept,
      description: 'Volume, diameter, standardized uptake value...',
      resolve: ({ name }) => codeSource(name),
    }),
    value: t.exposeFloat('number', { description: 'Null: not measured; the qualifier may say why.' }),
    unit: t.field({
      type: CodedConcept,
      description: 'Mostly of UCUM.',
      resolve: ({ unit }) => codeSource(unit),
    }),
    qualifier: t.field({
      type: CodedConcept,
      description: 'Numeric Value Qualifier Code Sequence (0040,A301).',
      resolve: ({ qualifier }) => codeSource(qualifier),
    }),
    derivation: t.field({
      type: CodedConcept,
      description: 'Derivation (121401, DCM): mean, maximum, standard deviation...',
      resolve: ({ derivation }) => codeSource(derivation),
    }),
    method: t.field({
      type: CodedConcept,
      description: 'Measurement method (370129005, SCT; G-C036, SRT): its own, else that of its group.',
      resolve: ({ method }) => codeSource(method),
    }),
    findingSite: t.field({
      type: CodedConcept,
      description: 'Finding site: its own, else that of its group.',
      resolve: ({ findingSite }) => codeSource(findingSite),
    }),
    trackingID: t.exposeString('trackingID', { description: 'Its own, else that of its group.' }),
    trackingUID: t.field({
      type: 'UID',
      description: 'Its own, else that of its group.',
      resolve: ({ trackingUID }) => trackingUID,
    }),
    group: t.field({
      type: MeasurementGroup,
      description: 'Null: in no group, as what was derived from several.',
      resolve: ({ group, report }) => group && { ...group, report },
    }),
    references: t.field({
      type: [ReferencedInstance],
      nullable: { list: false, items: false },
      description: 'Images and segmentations that it was made on: its own, else those of its group.',
      resolve: ({ references, report }) => references.flatMap((item) => report.reference(item) ?? []),
    }),
    item: t.field({
      type: ContentItem,
      nullable: false,
      description: 'The content item that it is.',
      resolve: ({ item, report }) => report.node(item),
    }),
  }),
});
