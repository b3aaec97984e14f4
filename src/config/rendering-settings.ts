import { type Setting, wholeNumber } from './setting.ts';

/** How much the gateway draws, of origins that do not render. */
export const renderingSettings = {
  workers: bound('N', 1, 64, 2, 'Threads that draw images which an origin does not render.'),
  maxQueuedImages: bound('N', 0, 10_000, 100, 'Most images that wait to be drawn; more are told to come again.'),
  imageTimeoutMs: bound('MS', 100, 600_000, 15_000, 'How long the drawing of one image may take, in milliseconds.'),
  maxPixels: bound('N', 1, 2 ** 26, 2 ** 25, 'Most pixels of a frame, and of the picture that is drawn of it.'),
  maxBytes: bound(
    'BYTES',
    2 ** 20,
    2 ** 36,
    2 ** 29,
    'Memory of all images being drawn, by estimate, in bytes: others wait, and one that takes more is drawn alone.',
  ),
};

function bound(placeholder: string, min: number, max: number, value: number, help: string): Setting<number> {
  return wholeNumber({ group: 'Limits', placeholder, min, max, help, default: value, rare: true });
}
