import { distanceToEllipse } from '../image/slice-canvas.ts';
import { smoothStep } from '../image/vector.ts';
import { createEllipseLayers } from './tissue-ellipses.ts';
import type { TissueBrush } from './tissue-map.ts';

/** Eyes, nose, sinuses, petrous bone and ear canals: what makes the lower slices those of a head. */
export function createSkullBase(z: number): (brush: TissueBrush, x: number, y: number) => void {
  const floor = smoothStep(-22, -36, z);
  const eye = Math.sqrt(Math.max(0, 1 - ((z + 33) / 13) ** 2));
  if (floor === 0 && eye === 0) return () => {};
  const fromFace = distanceToEllipse({
    centre: [0, -72],
    radii: [62 * floor + 0.01, 34 * floor + 0.01],
    squareness: 0.3,
  });
  const bones = createEllipseLayers([
    { tissue: 'bone', centre: [40, 14], radii: [24 * floor, 7 * floor], rotation: 0.5, paired: true },
    { tissue: 'air', centre: [47, 18], radii: [3.4 * floor, 3.4 * floor], paired: true },
    { tissue: 'bone', centre: [0, -38], radii: [10 * floor, 9 * floor], squareness: 0.3 },
    { tissue: 'air', centre: [0, -38], radii: [8 * floor, 7 * floor], squareness: 0.3 },
    { tissue: 'bone', centre: [0, -60], radii: [12 * floor, 24 * floor], squareness: 0.6 },
    { tissue: 'air', centre: [5.5, -60], radii: [4.6 * floor, 22 * floor], squareness: 0.6, paired: true },
  ]);
  const orbits = createEllipseLayers([
    { tissue: 'bone', centre: [32, -75], radii: [20.8 * eye, 25.8 * eye], rotation: 0.25, paired: true },
    { tissue: 'fat', centre: [32, -75], radii: [19 * eye, 24 * eye], rotation: 0.25, paired: true },
    { tissue: 'muscle', centre: [22, -66], radii: [1.8 * eye, 15 * eye], rotation: 0.2, paired: true },
    { tissue: 'muscle', centre: [40, -66], radii: [1.8 * eye, 15 * eye], rotation: 0.42, paired: true },
    { tissue: 'white', centre: [28, -59], radii: [1.9 * eye, 14 * eye], rotation: 0.3, paired: true },
    { tissue: 'muscle', centre: [32, -81], radii: [12.4 * eye, 12.4 * eye], paired: true },
    { tissue: 'fluid', centre: [32, -81], radii: [11.1 * eye, 11.1 * eye], paired: true },
    { tissue: 'grey', centre: [32, -89], radii: [4.8 * eye, 2.4 * eye], paired: true },
  ]);
  return (brush, x, y) => {
    if (y > 60) return;
    if (floor > 0.02) brush.lay('muscle', Math.max(fromFace(x, y), y + 44), 1.2);
    bones(brush, x, y);
    orbits(brush, x, y);
  };
}
