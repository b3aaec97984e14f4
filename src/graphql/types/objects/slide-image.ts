import { tagOf } from '../../../dicom/dictionary.ts';
import { isPyramidImage, type MatrixSize, type PyramidLevel, pyramidOf } from '../../../dicom/slide-pyramid.ts';
import { sopClassType } from '../../../dicom/sop-class.ts';
import type { FieldDeclaration } from '../../../planner/declaration.ts';
import { type Need, readNeed } from '../../../planner/need.ts';
import { type InstanceNode, SeriesNode } from '../../../planner/nodes.ts';
import { addModule } from '../../add-module.ts';
import { type AttributeSource, readAttributes } from '../../attribute-field.ts';
import { builder } from '../../builder.ts';
import type { ItemNode } from '../../item-node.ts';
import { instanceTypes } from '../instance-types.ts';

const matrixColumns = tagOf('TotalPixelMatrixColumns');
const matrixRows = tagOf('TotalPixelMatrixRows');
const imageType = tagOf('ImageType');
const pyramidUid = tagOf('PyramidUID');
const sopClassUid = tagOf('SOPClassUID');
const levelTags = [matrixColumns, matrixRows, imageType, pyramidUid, sopClassUid];

interface LevelImage extends MatrixSize {
  readonly node: InstanceNode;
  readonly pyramid: string | null;
}

const SlideLevel = builder.objectRef<PyramidLevel<LevelImage>>('SlideLevel').implement({
  description: 'One level of the pyramid of a slide: the images of one size.',
  fields: (t) => ({
    totalPixelMatrixColumns: t.exposeInt('columns', { nullable: false, description: 'Pixels.' }),
    totalPixelMatrixRows: t.exposeInt('rows', { nullable: false, description: 'Pixels.' }),
    downsampling: t.exposeFloat('downsampling', {
      nullable: false,
      description: 'How much smaller than the largest level, by columns: 1, 4, 16...',
    }),
    instances: t.field({
      type: [instanceTypes.SlideImage],
      nullable: { list: false, items: false },
      description: 'One, or more where focal planes, optical paths or parts are apart.',
      resolve: ({ images }) => images.map(({ node }) => node),
    }),
  }),
});

const OpticalPath = builder.objectRef<ItemNode>('OpticalPath').implement({
  description: 'How light came to the sensor (PS3.3 §C.8.12.5).',
  fields: (t) => ({
    identifier: t.attribute('OpticalPathIdentifier'),
    description: t.attribute('OpticalPathDescription'),
    illuminationType: t.concept('IlluminationTypeCodeSequence'),
    illuminationColor: t.concept('IlluminationColorCodeSequence'),
    illuminationWaveLength: t.attribute('IlluminationWaveLength', { description: 'nm.' }),
  }),
});

addModule('SlideTiles', {
  description: 'How the image is cut into frames: all tiles have one size, those at the edges are padded.',
  definedIn: 'Whole Slide Microscopy Image Module (PS3.3 §C.8.12.4)',
  on: [[instanceTypes.SlideImage, 'tiles']],
  fields: (t) => ({
    columns: t.attribute('Columns', { description: 'Of one tile.' }),
    rows: t.attribute('Rows', { description: 'Of one tile.' }),
    across: t.int({
      description: 'Tiles from left to right of the total pixel matrix.',
      extensions: { dicom: { reads: [matrixColumns, tagOf('Columns')] } satisfies FieldDeclaration },
      resolve: (source) => tilesAlong(source, matrixColumns, tagOf('Columns')),
    }),
    down: t.int({
      description: 'Tiles from top to bottom of the total pixel matrix.',
      extensions: { dicom: { reads: [matrixRows, tagOf('Rows')] } satisfies FieldDeclaration },
      resolve: (source) => tilesAlong(source, matrixRows, tagOf('Rows')),
    }),
    count: t.attribute('NumberOfFrames', { description: 'Over all focal planes and optical paths.' }),
    organizationType: t.attribute('DimensionOrganizationType', {
      description: 'TILED_FULL: row by row without gaps. TILED_SPARSE: multiFrame.frames tell where each lies.',
    }),
  }),
});

const tilesAlong = (source: AttributeSource, total: typeof matrixColumns, tile: typeof matrixColumns) =>
  readAttributes(source, [total, tile], (ofTotal, ofTile) => {
    const [all, one] = [ofTotal?.integer(total) ?? null, ofTile?.integer(tile) ?? null];
    return all === null || one === null || one <= 0 ? null : Math.ceil(all / one);
  });

/** Null: an image of the label or of the whole glass, or one that does not tell its size. */
async function readLevelImage(node: InstanceNode): Promise<LevelImage | null> {
  const [ofClass, ofType, ofColumns, ofRows, ofPyramid] = await Promise.all(
    [sopClassUid, imageType, matrixColumns, matrixRows, pyramidUid].map((tag) => node.read(tag)),
  );
  const [columns, rows] = [ofColumns?.integer(matrixColumns) ?? null, ofRows?.integer(matrixRows) ?? null];
  if (sopClassType(ofClass?.text(sopClassUid) ?? null) !== 'SlideImage') return null;
  if (!isPyramidImage(ofType?.texts(imageType) ?? []) || columns === null || rows === null) return null;
  return columns > 0 && rows > 0 ? { node, columns, rows, pyramid: ofPyramid?.uid(pyramidUid) ?? null } : null;
}

const withLevelTags = (need: Need): Need => ({
  ...need,
  tags: { ...need.tags, instance: new Set([...need.tags.instance, ...levelTags]) },
});

async function listLevels(node: InstanceNode, need: Need): Promise<readonly PyramidLevel<LevelImage>[]> {
  const { loaders, study, series } = node;
  const rows = await loaders.instancesOfSeries(new SeriesNode(loaders, { study, series }, null), withLevelTags(need));
  const nodes = rows.map((row) => loaders.instanceOfRow(row, rows.length));
  const images = (await Promise.all(nodes.map(readLevelImage))).filter((image) => image !== null);
  const own = (await node.read(pyramidUid)).uid(pyramidUid);
  return pyramidOf(images.filter(({ pyramid }) => own === null || pyramid === null || pyramid === own));
}

builder.objectFields(instanceTypes.SlideImage, (t) => ({
  totalPixelMatrixColumns: t.attribute('TotalPixelMatrixColumns', { description: 'Pixels.' }),
  totalPixelMatrixRows: t.attribute('TotalPixelMatrixRows', { description: 'Pixels.' }),
  totalPixelMatrixFocalPlanes: t.attribute('TotalPixelMatrixFocalPlanes'),
  opticalPaths: t.items('OpticalPathSequence', OpticalPath),
  levels: t.field({
    type: [SlideLevel],
    nullable: { list: true, items: false },
    description:
      'The pyramid that this image is of, the largest level first: the images of its series, without those of label and glass; of its Pyramid UID (0008,0019) alone, where they tell it. One search of the series.',
    extensions: { dicom: { reads: levelTags, enters: 'search' } satisfies FieldDeclaration },
    resolve: (node, _args, _context, info) => listLevels(node, readNeed(info, 'instance')),
  }),
}));
