import { createEchoPainter, fan } from '../anatomy/echocardiogram.ts';
import { phantomCatalogue } from '../catalogue.ts';
import { code } from '../modules/code.ts';
import { commonModules, type PhantomEquipment } from '../modules/common.ts';
import type { PhantomDataSet } from '../part10/phantom-data-set.ts';
import { encodeRle } from '../part10/rle.ts';
import { instance, type PhantomInstance } from './phantom-instance.ts';

const jpegBaseline = '1.2.840.10008.1.2.4.50';
const rleLossless = '1.2.840.10008.1.2.5';
const study = phantomCatalogue.usHeart;
const equipment: PhantomEquipment = { model: 'Computed Echo', station: 'PHUS1', serial: 'US-0001' };
const heartRate = 62;
const frameTimeMs = 48.4; // 20 frames are one beat
const endOfSystole = 0.38;
/** The cine begins where blood flows in: its first frame, which stands for it in lists, has colour. */
const firstPhase = 0.55;

/** An echocardiogram: one beat in colour, compressed as JPEG, and a still in gray tones, as RLE. */
export async function* buildUsHeart(): AsyncGenerator<PhantomInstance> {
  const paint = createEchoPainter();
  const { cine, still } = study.series;
  const raw: Uint8Array[] = [];
  for (let frame = 0; frame < cine.frameCount; frame++)
    raw.push(paint((firstPhase + frame / cine.frameCount) % 1, true));
  const frames = await Promise.all(raw.map(encodeJpeg));
  const compressed = frames.reduce((sum, frame) => sum + frame.length, 0);
  const cineDataSet = {
    ...usInstance(cine.sopClassUID, 'cine'),
    PhotometricInterpretation: 'YBR_FULL_422',
    NumberOfFrames: frames.length,
    FrameIncrementPointer: '00181063',
    FrameTime: frameTimeMs,
    CineRate: 21,
    RecommendedDisplayFrameRate: 21,
    StartTrim: 1,
    StopTrim: frames.length,
    EffectiveDuration: Number(((frames.length * frameTimeMs) / 1000).toFixed(3)),
    PreferredPlaybackSequencing: 0,
    LossyImageCompression: '01',
    LossyImageCompressionRatio: Number(((raw.length * fan.columns * fan.rows * 3) / compressed).toFixed(1)),
    LossyImageCompressionMethod: 'ISO_10918_1',
    PixelData: { frames },
  };
  yield instance('cine', 1, cineDataSet, jpegBaseline);
  const stillDataSet = {
    ...usInstance(still.sopClassUID, 'still'),
    PhotometricInterpretation: 'RGB',
    LossyImageCompression: '00',
    PixelData: { frames: [encodeRle(paint(endOfSystole, false), fan.columns, fan.rows, 3)] },
  };
  yield instance('still', 1, stillDataSet, rleLossless);
}

// Loaded here, and not at the top: whoever needs no ultrasound need not load an image library.
async function encodeJpeg(rgb: Uint8Array): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const raw = { width: fan.columns, height: fan.rows, channels: 3 } as const;
  return sharp(rgb, { raw }).jpeg({ quality: 88, chromaSubsampling: '4:4:4' }).toBuffer();
}

function usInstance(sopClassUID: string, key: 'cine' | 'still'): PhantomDataSet {
  const common = commonModules(study, study.series[key], equipment, 1, 0);
  return {
    ...common,
    SOPClassUID: sopClassUID,
    ImageType: ['ORIGINAL', 'PRIMARY', '', key === 'cine' ? '0011' : '0001'],
    AcquisitionDate: common['ContentDate'],
    AcquisitionTime: common['ContentTime'],
    PatientOrientation: null,
    HeartRate: heartRate,
    TransducerData: ['S5-PHANTOM', '', ''],
    TransducerType: 'SECTOR_PHASED',
    AnatomicRegionSequence: [code('80891009', 'SCT', 'Heart')],
    UltrasoundColorDataPresent: key === 'cine' ? 1 : 0,
    SequenceOfUltrasoundRegions: [tissueRegion],
    SamplesPerPixel: 3,
    PlanarConfiguration: 0,
    Rows: fan.rows,
    Columns: fan.columns,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    BurnedInAnnotation: 'NO',
  };
}

/** The fan, for those who measure in it: centimetres a pixel (PS3.3 §C.8.5.5). */
const tissueRegion: PhantomDataSet = {
  RegionSpatialFormat: 1,
  RegionDataType: 1,
  RegionFlags: 2,
  RegionLocationMinX0: 8,
  RegionLocationMinY0: 0,
  RegionLocationMaxX1: 326,
  RegionLocationMaxY1: 262,
  ReferencePixelX0: fan.apex[0] - 8,
  ReferencePixelY0: fan.apex[1],
  PhysicalUnitsXDirection: 3,
  PhysicalUnitsYDirection: 3,
  ReferencePixelPhysicalValueX: 0,
  ReferencePixelPhysicalValueY: 0,
  PhysicalDeltaX: fan.mmPerPixel / 10,
  PhysicalDeltaY: fan.mmPerPixel / 10,
};
