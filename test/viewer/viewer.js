// A page with Cornerstone3D's loader as it is published: what a viewer does with a DICOMweb root.
import { imageLoader, init } from '@cornerstonejs/core';
import { init as initLoader, wadors } from '@cornerstonejs/dicom-image-loader';

await init();
initLoader({ maxWebWorkers: 1 });

/** Loads every frame of a study or series below a DICOMweb root, by its metadata alone. */
globalThis.loadAll = async (root, study) => {
  const response = await fetch(`${root}/studies/${study}/metadata`, { headers: { accept: 'application/dicom+json' } });
  const images = [];
  for (const metadata of await response.json()) {
    const value = (tag) => metadata[tag]?.Value?.[0];
    const [series, instance, frames] = [value('0020000E'), value('00080018'), value('00280008') ?? 1];
    if (value('00280010') === undefined) continue;
    for (let frame = 1; frame <= frames; frame++) {
      const imageId = `wadors:${root}/studies/${study}/series/${series}/instances/${instance}/frames/${frame}`;
      wadors.metaDataManager.add(imageId, metadata);
      // Stored values, as the manifest of the corpus has them; a viewport would have them rescaled.
      const image = await imageLoader.loadImage(imageId, { preScale: { enabled: false } });
      // The loader takes the smallest container that holds the values: they are compared, not it.
      const digest = await crypto.subtle.digest('SHA-256', Int32Array.from(image.getPixelData()));
      images.push({
        instance,
        frame,
        rows: image.rows,
        columns: image.columns,
        sha256: [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
      });
    }
  }
  return images;
};
globalThis.isReady = true;
