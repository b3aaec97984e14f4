import { tagOf } from '../../../dicom/dictionary.ts';
import { addModule } from '../../add-module.ts';
import { type AttributeSource, readAttributes } from '../../attribute-field.ts';
import { builder } from '../../builder.ts';
import { FrameRef } from '../frame-ref.ts';
import { onImages } from '../instance-types.ts';
import { VoiLutFunction } from '../rendering-arguments.ts';
import { LookupTable } from './lookup-table.ts';

interface WindowModel {
  readonly center: number;
  readonly width: number;
  readonly explanation: string | null;
}

const Window = builder.objectRef<WindowModel>('Window').implement({
  description: 'A range of values to be shown: a choice, where there are several.',
  fields: (t) => ({
    center: t.exposeFloat('center', { nullable: false, description: 'Window Center (0028,1050).' }),
    width: t.exposeFloat('width', { nullable: false, description: 'Window Width (0028,1051).' }),
    explanation: t.exposeString('explanation', { description: 'Window Center & Width Explanation (0028,1055).' }),
  }),
});

const windowTags = ['WindowCenter', 'WindowWidth', 'WindowCenterWidthExplanation'].map(tagOf);
const [center, width, explanation] = windowTags;
const voiLutFunction = tagOf('VOILUTFunction');
const functions = ['LINEAR', 'LINEAR_EXACT', 'SIGMOID'] as const;

/** A center without a width, or one that is not valid, is no window. */
function windowsOf(source: AttributeSource): Promise<readonly WindowModel[]> | readonly WindowModel[] {
  return readAttributes(source, windowTags, (ofCenter, ofWidth, ofExplanation) => {
    const centers = center && ofCenter ? ofCenter.numbers(center) : [];
    const widths = width && ofWidth ? ofWidth.numbers(width) : [];
    const texts = explanation && ofExplanation ? ofExplanation.texts(explanation) : [];
    return centers.flatMap((value, i) => {
      const ofIndex = widths[i] ?? null;
      return value === null || ofIndex === null
        ? []
        : [{ center: value, width: ofIndex, explanation: texts[i] ?? null }];
    });
  });
}

export const VoiLut = addModule('VoiLut', {
  description: 'Which of the values of the modality to show.',
  definedIn: 'VOI LUT Module (PS3.3 §C.11.2)',
  on: [...onImages('voiLut'), [FrameRef, 'voiLut']],
  fields: (t) => ({
    windows: t.field({
      type: [Window],
      nullable: { list: true, items: false },
      description: 'In the order of the data set: the first is the one to begin with.',
      extensions: { dicom: { reads: windowTags } },
      resolve: windowsOf,
    }),
    voiLutFunction: t.field({
      type: VoiLutFunction,
      description: 'VOI LUT Function (0028,1056). LINEAR where it is absent; null: one that PS3.3 does not have.',
      extensions: { dicom: { reads: [voiLutFunction] } },
      resolve: (source) =>
        readAttributes(source, [voiLutFunction], (dataSet) => {
          const text = dataSet?.text(voiLutFunction) ?? 'LINEAR';
          return functions.find((known) => known === text) ?? null;
        }),
    }),
    luts: t.items('VOILUTSequence', LookupTable),
  }),
});
