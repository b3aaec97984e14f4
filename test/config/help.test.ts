import { expect, test } from 'vitest';
import { describeSettings } from '../../src/config/help.ts';
import { allSettings, flagOf, variableOf } from '../../src/config/names.ts';

test('a setting has one name in three spellings', () => {
  expect([flagOf('links.keysFile'), variableOf('links.keysFile')]).toEqual([
    'links-keys-file',
    'DICOMWEB_GRAPHQL_LINKS_KEYS_FILE',
  ]);
  const flags = allSettings.map(({ name }) => flagOf(name));
  expect(new Set(flags).size).toBe(flags.length);
});

test('the whole help has every setting, the short one only what is often needed', () => {
  const all = describeSettings(true);
  for (const { name, setting } of allSettings) {
    if (!setting.fileOnly)
      expect(all).toContain(
        setting.noFlag ? variableOf(name) : `${setting.isSwitch ? '--[no-]' : '--'}${flagOf(name)}`,
      );
  }
  const short = describeSettings(false);
  expect(short).toContain('--origin URL');
  expect(short).not.toContain('--limits-max-rows');
  expect(Math.max(...all.split('\n').map((line) => line.length))).toBeLessThanOrEqual(90);
});
