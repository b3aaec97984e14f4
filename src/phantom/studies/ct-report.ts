import { phantomCatalogue } from '../catalogue.ts';
import { code } from '../modules/code.ts';
import type { PhantomDataSet } from '../part10/phantom-data-set.ts';
import { evidence, referenceTo } from './ct-evidence.ts';

/** The axial slice that cuts the middle of the nodule. */
const sliceThroughNodule = 13;

/** A Basic Text SR that speaks of the nodule (PS3.3 §A.35.1, TID 2000 in spirit), with a reference to its slice. */
export function radiologyReport(): PhantomDataSet {
  const study = phantomCatalogue.ctChest;
  const { axial } = study.series;
  const reference = referenceTo(axial, sliceThroughNodule);
  return {
    ...evidence([axial, [sliceThroughNodule]]),
    CompletionFlag: 'COMPLETE',
    VerificationFlag: 'UNVERIFIED',
    ValueType: 'CONTAINER',
    ConceptNameCodeSequence: [code('18748-4', 'LN', 'Diagnostic imaging report')],
    ContinuityOfContent: 'SEPARATE',
    ContentTemplateSequence: [{ MappingResource: 'DCMR', TemplateIdentifier: '2000' }],
    ContentSequence: [
      {
        RelationshipType: 'HAS CONCEPT MOD',
        ValueType: 'CODE',
        ConceptNameCodeSequence: [code('121049', 'DCM', 'Language of Content Item and Descendants')],
        ConceptCodeSequence: [code('en', 'RFC5646', 'English')],
      },
      section('121060', 'History', '121060', 'History', `${study.reason}. Contrast-enhanced CT of the chest.`),
      section(
        '121070',
        'Findings',
        '121071',
        'Finding',
        'Solid nodule of 17 mm with spicules in the right upper lobe. Heart, great vessels and the upper abdomen are as their author drew them. No enlarged lymph nodes.',
        [{ RelationshipType: 'INFERRED FROM', ValueType: 'IMAGE', ReferencedSOPSequence: [reference] }],
      ),
      section(
        '121076',
        'Conclusions',
        '121077',
        'Conclusion',
        'Nodule in the right upper lobe, larger than in 2021. This is a computed phantom: nobody needs to be called.',
      ),
    ],
  };
}

function section(
  sectionCode: string,
  sectionName: string,
  textCode: string,
  textName: string,
  text: string,
  evidence?: readonly PhantomDataSet[],
): PhantomDataSet {
  return {
    RelationshipType: 'CONTAINS',
    ValueType: 'CONTAINER',
    ConceptNameCodeSequence: [code(sectionCode, 'DCM', sectionName)],
    ContinuityOfContent: 'SEPARATE',
    ContentSequence: [
      {
        RelationshipType: 'CONTAINS',
        ValueType: 'TEXT',
        ConceptNameCodeSequence: [code(textCode, 'DCM', textName)],
        TextValue: text,
        ContentSequence: evidence,
      },
    ],
  };
}
