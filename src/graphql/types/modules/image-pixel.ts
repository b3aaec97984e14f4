import { addModule } from '../../add-module.ts';
import { onImages } from '../instance-types.ts';

addModule('ImagePixel', {
  description: 'How the pixels are stored.',
  definedIn: 'Image Pixel Module (PS3.3 §C.7.6.3)',
  on: onImages('imagePixel'),
  fields: (t) => ({
    samplesPerPixel: t.attribute('SamplesPerPixel', { description: '1: grey or palette; 3: colour.' }),
    photometricInterpretation: t.attribute('PhotometricInterpretation'),
    planarConfiguration: t.attribute('PlanarConfiguration', { description: '0: by pixel; 1: by plane.' }),
    rows: t.attribute('Rows'),
    columns: t.attribute('Columns'),
    pixelAspectRatio: t.attribute('PixelAspectRatio', { description: 'Vertical, horizontal.' }),
    bitsAllocated: t.attribute('BitsAllocated'),
    bitsStored: t.attribute('BitsStored'),
    highBit: t.attribute('HighBit'),
    pixelRepresentation: t.attribute('PixelRepresentation', { description: '0: unsigned; 1: with a sign.' }),
    smallestImagePixelValue: t.attribute('SmallestImagePixelValue', { description: 'A stored value.' }),
    largestImagePixelValue: t.attribute('LargestImagePixelValue', { description: 'A stored value.' }),
    pixelPaddingValue: t.attribute('PixelPaddingValue', { description: 'The stored value outside the image.' }),
    pixelPaddingRangeLimit: t.attribute('PixelPaddingRangeLimit', { description: 'The other end of a range of such.' }),
  }),
});
