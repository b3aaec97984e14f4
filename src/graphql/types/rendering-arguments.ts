import { builder } from '../builder.ts';

export const RenderedFormat = builder.enumType('RenderedFormat', {
  description:
    'What an origin or the gateway can give for an object differs: asking for another is REPRESENTATION_UNAVAILABLE.',
  values: {
    JPEG: { description: 'image/jpeg; the default of PS3.18 §8.7.4.' },
    PNG: { description: 'image/png.' },
    WEBP: { description: 'image/webp: not of PS3.18, where an origin has it.' },
    GIF: { description: 'image/gif.' },
    MP4: { description: 'video/mp4.' },
    PDF: { description: 'application/pdf.' },
    HTML: { description: 'text/html.' },
  },
});

export const VoiLutFunction = builder.enumType('VoiLutFunction', {
  description: 'How a window maps values to grey (PS3.3 §C.11.2.1).',
  values: {
    LINEAR: { description: 'PS3.3 §C.11.2.1.2.1.' },
    LINEAR_EXACT: { description: 'PS3.3 §C.11.2.1.3.2.' },
    SIGMOID: { description: 'PS3.3 §C.11.2.1.3.1.' },
  },
});

export const ViewportInput = builder.inputType('ViewportInput', {
  description: 'The size to fit the image into, and the part of it to show; its aspect is kept (PS3.18 §8.3.5.1.3).',
  fields: (t) => ({
    width: t.int({ required: true, description: 'Pixels: 1 to 16,384.' }),
    height: t.int({ required: true, description: 'Pixels: 1 to 16,384.' }),
    sourceX: t.int({ description: 'Left column of the part, from 0.' }),
    sourceY: t.int({ description: 'Top row of the part, from 0.' }),
    sourceWidth: t.int({ description: 'Columns of the part; negative flips it from left to right.' }),
    sourceHeight: t.int({ description: 'Rows of the part; negative flips it from top to bottom.' }),
  }),
});

export const WindowInput = builder.inputType('WindowInput', {
  description: 'The window of values to show, after the modality LUT: Hounsfield units in CT (PS3.18 §8.3.5.1.4).',
  fields: (t) => ({
    center: t.float({ required: true, description: 'Value in the middle.' }),
    width: t.float({
      required: true,
      description: 'Values from black to white; at least 1 for LINEAR, above 0 otherwise.',
    }),
    function: t.field({ type: VoiLutFunction, defaultValue: 'LINEAR', description: 'How values map to grey.' }),
  }),
});

type Arguments = Parameters<Parameters<typeof builder.queryField>[1]>[0]['arg'];

/** What every rendered form can be asked for. */
export const renderedArguments = (t: { arg: Arguments }) => ({
  format: t.arg({ type: RenderedFormat, description: 'Absent: JPEG.' }),
  viewport: t.arg({ type: ViewportInput, description: 'Absent: every pixel of the image.' }),
  window: t.arg({ type: WindowInput, description: 'Absent: the first window of the object.' }),
  quality: t.arg.int({ description: 'Of lossy formats: 1 to 100.' }),
});
