/** The size of the pixel matrix that the tiles of a slide image make up. */
export interface MatrixSize {
  readonly columns: number;
  readonly rows: number;
}

/** One resolution of a slide; several instances where focal planes, optical paths or parts are apart. */
export interface PyramidLevel<Image extends MatrixSize> extends MatrixSize {
  /** How much smaller than the largest level, by columns: 1, 4, 16... */
  readonly downsampling: number;
  readonly images: readonly Image[];
}

/** The levels that images make up, the largest first (PS3.3 §C.8.12.14). */
export function pyramidOf<Image extends MatrixSize>(images: readonly Image[]): readonly PyramidLevel<Image>[] {
  const bySize = new Map<string, Image[]>();
  for (const image of images) {
    const size = `${image.columns} ${image.rows}`;
    const same = bySize.get(size);
    if (same) same.push(image);
    else bySize.set(size, [image]);
  }
  const levels = [...bySize.values()].sort(([a], [b]) => areaOf(b) - areaOf(a));
  const widest = levels[0]?.[0]?.columns ?? 0;
  return levels.flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const { columns, rows } = first;
    return [{ columns, rows, downsampling: widest / columns, images: same }];
  });
}

const areaOf = (image: MatrixSize | undefined): number => (image ? image.columns * image.rows : 0);

/** Whether an image is a level of the pyramid, not a photograph of the label or the whole glass (PS3.3 §C.8.12.4.1.1). */
export const isPyramidImage = (imageType: readonly (string | null)[]): boolean =>
  imageType[2] !== 'LABEL' && imageType[2] !== 'OVERVIEW';
