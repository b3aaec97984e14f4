import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, preview } from 'vite';
import { describe } from 'vitest';
import { describeBrowser } from './browser.ts';
import { requireOrigins } from './corpus.ts';

const viewerFolder = join(import.meta.dirname, '../viewer');
const isInstalled = existsSync(join(viewerFolder, 'node_modules/@cornerstonejs/dicom-image-loader'));

if (requireOrigins && !isInstalled) throw new Error('REQUIRE_ORIGINS=1, and "npm ci" was not run in test/viewer');

/** `describe` for tests with Cornerstone3D in a real browser. Skipped with a visible word where either is missing. */
export function describeViewer(title: string, body: () => void): void {
  if (isInstalled) describeBrowser(title, body);
  else describe.skip(`${title} [skipped: run npm ci in test/viewer]`, body);
}

/** A page with the viewer's loader, on a free port of this machine. */
export interface ViewerPage extends AsyncDisposable {
  readonly url: string;
}

/** One frame as the loader gives it to a viewport. */
export interface LoadedImage {
  readonly instance: string;
  readonly frame: number;
  readonly rows: number;
  readonly columns: number;
  /** Of the pixel values as the loader holds them, each as 32 bits, little endian. */
  readonly sha256: string;
}

/** Bundles the page of test/viewer as a viewer would be, and serves it. */
export async function startViewerPage(): Promise<ViewerPage> {
  const outDir = await mkdtemp(join(tmpdir(), 'viewer-'));
  const common = { root: viewerFolder, configFile: false, logLevel: 'error' } as const;
  await build({
    ...common,
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, minify: false, target: 'esnext' },
  });
  const server = await preview({ ...common, build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
  return {
    url: server.resolvedUrls?.local[0] ?? '',
    async [Symbol.asyncDispose]() {
      await server.close();
      await rm(outDir, { recursive: true });
    },
  };
}
