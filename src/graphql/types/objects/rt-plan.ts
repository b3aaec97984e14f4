import { tagOf } from '../../../dicom/dictionary.ts';
import type { FieldDeclaration } from '../../../planner/declaration.ts';
import { builder } from '../../builder.ts';
import { type ItemNode, itemsOf } from '../../item-node.ts';
import { instanceTypes } from '../instance-types.ts';

const RTFractionGroup = builder.objectRef<ItemNode>('RTFractionGroup').implement({
  description: 'What is given in one series of fractions (PS3.3 §C.8.8.13).',
  fields: (t) => ({
    number: t.attribute('FractionGroupNumber'),
    numberOfFractionsPlanned: t.attribute('NumberOfFractionsPlanned'),
    numberOfBeams: t.attribute('NumberOfBeams'),
  }),
});

const RTBeam = builder.objectRef<ItemNode>('RTBeam').implement({
  description: 'A beam of photons, electrons or ions, in brief (PS3.3 §C.8.8.14, §C.8.8.25).',
  fields: (t) => ({
    number: t.attribute('BeamNumber'),
    name: t.attribute('BeamName'),
    type: t.attribute('BeamType', { description: 'STATIC or DYNAMIC.' }),
    radiationType: t.attribute('RadiationType', { description: 'PHOTON, ELECTRON, PROTON...' }),
    treatmentMachineName: t.attribute('TreatmentMachineName'),
    numberOfControlPoints: t.attribute('NumberOfControlPoints'),
  }),
});

/** A plan has beams, or ion beams: the attributes read here are the same. */
const beamSequences = [tagOf('BeamSequence'), tagOf('IonBeamSequence')];

builder.objectFields(instanceTypes.RTPlan, (t) => ({
  planLabel: t.attribute('RTPlanLabel'),
  planDate: t.attribute('RTPlanDate'),
  planIntent: t.attribute('PlanIntent'),
  fractionGroups: t.items('FractionGroupSequence', RTFractionGroup),
  beams: t.field({
    type: [RTBeam],
    nullable: { list: true, items: false },
    description: 'Beam Sequence (300A,00B0) or Ion Beam Sequence (300A,03A2). Null: neither.',
    extensions: { dicom: { reads: beamSequences, enters: 'inside' } satisfies FieldDeclaration },
    resolve: async (node) => {
      for (const tag of beamSequences) {
        const beams = itemsOf(node, await node.read(tag), tag);
        if (beams.length > 0) return beams;
      }
      return null;
    },
  }),
}));
