// Run by npm around packing: `strip` before, `restore` after.
//
// The published package.json has no scripts, no devDependencies, and not the Node binaries that a checkout brings for its
// own npm scripts: an application that depends on this package chooses its own Node.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const manifest = new URL('../package.json', import.meta.url);
const original = new URL('../node_modules/.package-before-pack.json', import.meta.url);

// A pack that was broken off leaves the original behind: it is what to go on from.
if (existsSync(original)) renameSync(original, manifest);

if (process.argv[2] === 'strip') {
  const text = readFileSync(manifest, 'utf8');
  const { scripts: _scripts, devDependencies: _dev, optionalDependencies = {}, ...published } = JSON.parse(text);
  const optional = Object.entries(optionalDependencies).filter(([name]) => !name.startsWith('node-linux-'));
  if (optional.length > 0) published.optionalDependencies = Object.fromEntries(optional);
  writeFileSync(original, text);
  writeFileSync(manifest, `${JSON.stringify(published, null, 2)}\n`);
} else if (process.argv[2] !== 'restore') {
  console.error('usage: pack-manifest.mjs strip | restore');
  process.exitCode = 2;
}
