import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { temporaryFolder } from './temporary-folder.ts';

const serve = { origin: 'https://archive.example/dicom-web', anonymousScopes: ['search' as const] };
const links = { keys: [`k:${'ab'.repeat(32)}`] };

test('serve keeps nothing on disk until it is told to; the demo keeps some', async () => {
  const stateFolder = temporaryFolder();
  const served = await loadConfig('serve', { settings: { ...serve, links, stateFolder } });
  expect(served.payloadCache).toMatchObject({
    objectBytes: 0,
    renderedBytes: 0,
    folder: join(stateFolder, 'payloads'),
  });
  const demo = await loadConfig('demo', { settings: { stateFolder } });
  expect(demo.payloadCache).toMatchObject({ objectBytes: 2 ** 28, renderedBytes: 2 ** 26 });
});

test('sizes are set by flags, and the folder is taken from where it is written', async () => {
  const stateFolder = temporaryFolder();
  const args = [
    '--payload-cache-object-bytes',
    '1000000000',
    '--payload-cache-rendered-bytes',
    '0',
    '--payload-cache-folder',
    'here',
  ];
  const { payloadCache } = await loadConfig('demo', { args, folder: '/somewhere', settings: { stateFolder } });
  expect(payloadCache).toMatchObject({ objectBytes: 1e9, renderedBytes: 0, folder: '/somewhere/here' });
});
