import { distanceToEllipse } from '../image/slice-canvas.ts';
import type { TissueBrush, TissueEllipse } from './tissue-map.ts';

/**
 * Lays ellipses of tissue over a voxel, the first lowest. Those too thin for a voxel are left out at once, and the rest
 * are looked at only where the voxel is near.
 */
export function createEllipseLayers(
  ellipses: readonly TissueEllipse[],
): (brush: TissueBrush, x: number, y: number) => void {
  const layers = ellipses
    .filter(({ radii }) => Math.min(...radii) >= 0.4)
    .map((ellipse) => {
      const [rx, ry] = ellipse.radii;
      const turned = (ellipse.rotation ?? 0) !== 0;
      return {
        ...ellipse,
        softMm: ellipse.softMm ?? 0.8,
        distance: distanceToEllipse(ellipse),
        reachX: (turned ? Math.max(rx, ry) : rx) + 2,
        reachY: (turned ? Math.max(rx, ry) : ry) + 2,
      };
    });
  return (brush, x, y) => {
    const side = Math.abs(x);
    for (const layer of layers) {
      const across = layer.paired === true ? side : x;
      if (Math.abs(y - layer.centre[1]) > layer.reachY || Math.abs(across - layer.centre[0]) > layer.reachX) continue;
      brush.lay(layer.tissue, layer.distance(across, y), layer.softMm);
    }
  };
}
