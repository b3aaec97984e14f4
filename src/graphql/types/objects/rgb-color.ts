import { type Rgb, rgbToHex } from '../../../dicom/cielab.ts';
import { builder } from '../../builder.ts';

export const RGBColor = builder.objectRef<Rgb>('RGBColor').implement({
  description: 'A colour for display, in sRGB.',
  fields: (t) => ({
    hex: t.string({ nullable: false, description: 'As in style sheets: #dd8265.', resolve: (rgb) => rgbToHex(rgb) }),
    red: t.exposeInt('red', { nullable: false, description: '0 to 255.' }),
    green: t.exposeInt('green', { nullable: false, description: '0 to 255.' }),
    blue: t.exposeInt('blue', { nullable: false, description: '0 to 255.' }),
  }),
});
