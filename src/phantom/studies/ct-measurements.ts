import { phantomCatalogue } from '../catalogue.ts';
import { code } from '../modules/code.ts';
import { commonModules } from '../modules/common.ts';
import { codeItem, container, imageItem, numberItem, personItem, textItem, uidItem } from '../modules/content.ts';
import type { PhantomDataSet } from '../part10/phantom-data-set.ts';
import { evidence, referenceTo } from './ct-evidence.ts';
import { ctGrid, ctWorkstation } from './ct-grid.ts';
import type { Region } from './ct-regions.ts';

const study = phantomCatalogue.ctChest;
const { axial, segmentation, measurements } = study.series;
const cubicMillimetre = ['mm3', 'UCUM', 'cubic millimeter'] as const;
const millimetre = ['mm', 'UCUM', 'millimeter'] as const;
const hounsfieldUnit = ["[hnsf'U]", 'UCUM', 'Hounsfield unit'] as const;

/** A measurement report of the segmented regions: TID 1500 with a group of TID 1411 each (PS3.16, PS3.3 §A.35.13). */
export function ctMeasurements(regions: readonly Region[]): PhantomDataSet {
  const slices = [...new Set(regions.flatMap(({ sections }) => sections.map(({ slice }) => slice)))].sort(
    (a, b) => a - b,
  );
  return {
    ...commonModules(study, measurements, ctWorkstation, 1, 0),
    ...evidence([axial, slices], [segmentation, [1]]),
    CompletionFlag: 'COMPLETE',
    VerificationFlag: 'VERIFIED',
    PreliminaryFlag: 'FINAL',
    VerifyingObserverSequence: [
      {
        VerifyingOrganization: 'Phantom General Hospital',
        VerificationDateTime: `${study.studyDate}113000${study.timezone}`,
        VerifyingObserverName: study.performingPhysicianName,
        VerifyingObserverIdentificationCodeSequence: null,
      },
    ],
    ValueType: 'CONTAINER',
    ConceptNameCodeSequence: [code('126000', 'DCM', 'Imaging Measurement Report')],
    ContinuityOfContent: 'SEPARATE',
    ContentTemplateSequence: [{ MappingResource: 'DCMR', TemplateIdentifier: '1500' }],
    ContentSequence: [
      codeItem(
        'HAS CONCEPT MOD',
        ['121049', 'DCM', 'Language of Content Item and Descendants'],
        ['en', 'RFC5646', 'English'],
      ),
      codeItem('HAS OBS CONTEXT', ['121005', 'DCM', 'Observer Type'], ['121006', 'DCM', 'Person']),
      personItem('HAS OBS CONTEXT', ['121008', 'DCM', 'Person Observer Name'], study.performingPhysicianName),
      codeItem('HAS CONCEPT MOD', ['121058', 'DCM', 'Procedure reported'], ['24627-2', 'LN', 'CT Chest']),
      container(
        ['111028', 'DCM', 'Image Library'],
        [
          container(
            ['126200', 'DCM', 'Image Library Group'],
            slices.map((slice) => imageItem('CONTAINS', null, referenceTo(axial, slice))),
          ),
        ],
      ),
      container(['126010', 'DCM', 'Imaging Measurements'], regions.map(measurementGroup)),
    ],
  };
}

function measurementGroup(region: Region): PhantomDataSet {
  const { number, label, type, site, trackingUid, voxels, solid, meanHu, deviationHu } = region;
  const volume = voxels * ctGrid.spacingMm ** 2 * -ctGrid.stepMm;
  const [longest, middle] = [...solid.radii.slice(0, 2)].sort((a, b) => b - a);
  return container(
    ['125007', 'DCM', 'Measurement Group'],
    [
      textItem('HAS OBS CONTEXT', ['112039', 'DCM', 'Tracking Identifier'], label),
      uidItem('HAS OBS CONTEXT', ['112040', 'DCM', 'Tracking Unique Identifier'], trackingUid),
      codeItem('CONTAINS', ['121071', 'DCM', 'Finding'], type),
      imageItem('CONTAINS', ['121191', 'DCM', 'Referenced Segment'], {
        ...referenceTo(segmentation, 1),
        ReferencedSegmentNumber: number,
      }),
      uidItem('CONTAINS', ['121232', 'DCM', 'Source series for segmentation'], axial.seriesInstanceUID),
      codeItem('HAS CONCEPT MOD', ['363698007', 'SCT', 'Finding Site'], site),
      numberItem(['118565006', 'SCT', 'Volume'], rounded(volume), cubicMillimetre, [
        codeItem(
          'HAS CONCEPT MOD',
          ['370129005', 'SCT', 'Measurement Method'],
          ['126030', 'DCM', 'Sum of segmented voxel volumes'],
        ),
      ]),
      numberItem(['103339001', 'SCT', 'Long Axis'], rounded(2 * (longest ?? 0)), millimetre),
      numberItem(['103340004', 'SCT', 'Short Axis'], rounded(2 * (middle ?? 0)), millimetre),
      numberItem(['112031', 'DCM', 'Attenuation Coefficient'], rounded(meanHu), hounsfieldUnit, [
        derivation(['373098007', 'SCT', 'Mean']),
      ]),
      numberItem(['112031', 'DCM', 'Attenuation Coefficient'], rounded(deviationHu), hounsfieldUnit, [
        derivation(['386136009', 'SCT', 'Standard Deviation']),
      ]),
    ],
    '1411',
  );
}

const derivation = (value: readonly [string, string, string]): PhantomDataSet =>
  codeItem('HAS CONCEPT MOD', ['121401', 'DCM', 'Derivation'], value);

/** One digit after the point: more would pretend. */
const rounded = (value: number): number => Math.round(value * 10) / 10;
