import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this package: above src/ in a checkout, above dist/ where it is installed. */
export const packageRoot: string = above(import.meta.dirname);

function above(folder: string): string {
  const parent = dirname(folder);
  return existsSync(join(folder, 'package.json')) || parent === folder ? folder : above(parent);
}
