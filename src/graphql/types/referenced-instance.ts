import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { type Reference, referencesIn } from '../../dicom/references.ts';
import type { FieldDeclaration } from '../../planner/declaration.ts';
import { type Need, readNeed, readsOf } from '../../planner/need.ts';
import type { InstanceNode, SeriesNode } from '../../planner/nodes.ts';
import { builder } from '../builder.ts';
import { FrameNode } from '../frame-node.ts';
import { maxNestedPage, parseFirst } from '../limits.ts';
import { CodedConcept } from './coded-concept.ts';
import { FrameRef } from './frame-ref.ts';
import { InstanceRef } from './instance-connection.ts';
import { SeriesRef } from './series-connection.ts';
import { SOPClass } from './sop-class.ts';

interface ReferenceModel extends Reference {
  /** Whose reference it is. */
  readonly from: InstanceNode;
}

const sopInstanceUID = tagOf('SOPInstanceUID');

/**
 * The study to look in. Where no sequence says it, an origin that finds instances at its root is asked there; any other
 * in the study that the reference is in.
 */
const studyOf = ({ studyInstanceUid, from }: ReferenceModel) =>
  studyInstanceUid ?? (from.loaders.origin.capabilities.rootInstanceSearch ? null : from.study);

function findInstance(reference: ReferenceModel, need: Need): Promise<InstanceNode | null> {
  const { sopInstanceUid, seriesInstanceUid, from } = reference;
  return from.loaders.singleInstance(sopInstanceUid, seriesInstanceUid, studyOf(reference), need);
}

async function findSeries(reference: ReferenceModel, need: Need): Promise<SeriesNode | null> {
  const { loaders } = reference.from;
  let { studyInstanceUid: study, seriesInstanceUid: series } = reference;
  if (study === null || series === null) {
    const { tags } = need;
    const found = await findInstance(reference, {
      level: 'instance',
      tags: { ...tags, instance: new Set([sopInstanceUID]) },
      series: null,
      instances: null,
    });
    if (found === null) return null;
    ({ study, series } = found);
  }
  const row = await loaders.lookups.series({ study, series }, readsOf(need, 'series'));
  return row && loaders.seriesOfRow(row, need);
}

export const ReferencedInstance = builder.objectRef<ReferenceModel>('ReferencedInstance').implement({
  description:
    'Another instance that an instance refers to, once, whatever the number of references. To read it costs the metadata of the one that refers.',
  fields: (t) => ({
    sopInstanceUID: t.field({
      type: 'UID',
      nullable: false,
      description: 'Referenced SOP Instance UID (0008,1155).',
      resolve: ({ sopInstanceUid }) => sopInstanceUid,
    }),
    sopClass: t.field({
      type: SOPClass,
      description: 'Referenced SOP Class UID (0008,1150).',
      resolve: ({ sopClassUid }) => (sopClassUid === null ? null : { uid: sopClassUid }),
    }),
    seriesInstanceUID: t.field({
      type: 'UID',
      description: 'As far as a reference tells it. See series.',
      resolve: ({ seriesInstanceUid }) => seriesInstanceUid,
    }),
    studyInstanceUID: t.field({
      type: 'UID',
      description: 'As far as a reference tells it.',
      resolve: ({ studyInstanceUid }) => studyInstanceUid,
    }),
    frameNumbers: t.intList({
      description: 'Referenced Frame Number (0008,1160), of all references to it. Null: the whole instance.',
      resolve: ({ frameNumbers }) => (frameNumbers.length === 0 ? null : frameNumbers),
    }),
    segmentNumbers: t.intList({
      description: 'Referenced Segment Number (0062,000B). Null: the whole instance.',
      resolve: ({ segmentNumbers }) => (segmentNumbers.length === 0 ? null : segmentNumbers),
    }),
    purposes: t.field({
      type: [CodedConcept],
      nullable: { list: true, items: false },
      description:
        'Purpose of Reference Code Sequence (0040,A170); in a report, the names of the items that refer to it.',
      // Content of reports is withheld whole from those without patient data, and this may be some of it.
      extensions: { dicom: { reads: [tagOf('PurposeOfReferenceCodeSequence'), tagOf('ContentSequence')] } },
      resolve: ({ purposes }) => purposes.map((dataSet) => ({ dataSet })),
    }),
    instance: t.field({
      type: InstanceRef,
      description: 'The instance itself. Null: the origin has none. All that are asked for are looked up together.',
      extensions: { dicom: { enters: 'search' } },
      resolve: (reference, _args, _context, info) => findInstance(reference, readNeed(info, 'instance')),
    }),
    series: t.field({
      type: SeriesRef,
      description: 'The series of the instance. Null: the origin has none.',
      extensions: { dicom: { enters: 'search' } },
      resolve: (reference, _args, _context, info) => findSeries(reference, readNeed(info, 'series')),
    }),
  }),
});

/** References are in sequences, and those are in metadata. */
const readsReferences: FieldDeclaration = { reads: [tagOf('ReferencedSeriesSequence')], enters: 'inside' };

/** Of a frame: its own references, with what the instance says of their series. */
function referencesOf(source: InstanceNode | FrameNode, metadata: DataSet): readonly ReferenceModel[] {
  const from = source instanceof FrameNode ? source.instance : source;
  const all = referencesIn(metadata, from.study);
  if (!(source instanceof FrameNode)) return all.map((reference) => ({ ...reference, from }));
  const known = new Map(all.map((reference) => [reference.sopInstanceUid, reference]));
  return (source.own ? referencesIn(source.own, null) : []).map((reference) => ({
    ...reference,
    seriesInstanceUid: known.get(reference.sopInstanceUid)?.seriesInstanceUid ?? null,
    studyInstanceUid: known.get(reference.sopInstanceUid)?.studyInstanceUid ?? null,
    from,
  }));
}

builder.interfaceFields(InstanceRef, (t) => ({
  referencedInstances: t.field({
    type: [ReferencedInstance],
    nullable: { list: true, items: false },
    description: 'What it refers to.',
    args: { first: t.arg.int({ defaultValue: 100, description: `0 to ${maxNestedPage}.` }) },
    extensions: { dicom: readsReferences },
    resolve: async (instance, { first }) => {
      const size = parseFirst(first, maxNestedPage, 100);
      return referencesOf(instance, await instance.metadata()).slice(0, size);
    },
  }),
}));

builder.objectFields(FrameRef, (t) => ({
  referencedInstances: t.field({
    type: [ReferencedInstance],
    nullable: { list: true, items: false },
    description: 'Instances that this frame refers to: those that it was derived from.',
    extensions: { dicom: readsReferences },
    resolve: async (frame) => referencesOf(frame, await frame.instance.metadata()),
  }),
}));
