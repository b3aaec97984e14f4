import { describe, expect, test } from 'vitest';
import { profileNames } from '../../src/config/origin-entry.ts';
import { genericCapabilities } from '../../src/origin/capabilities/capabilities.ts';
import { writtenOn } from '../../src/origin/capabilities/profiles/profile.ts';
import { type ProfileName, profiles } from '../../src/origin/capabilities/profiles/profiles.ts';
import { createTestOrigin } from '../support/origin-client.ts';

const nowhere = 'http://127.0.0.1:1/dicom-web';

describe('a profile', () => {
  test('can be configured by every name there is, but for the embedded archive', () => {
    expect([...profileNames, 'embedded'].sort()).toEqual(Object.keys(profiles).sort());
  });

  test.each(Object.keys(profiles) as ProfileName[])(
    '%s holds nothing but capabilities, of no day after they were written',
    (name) => {
      const { asOf, capabilities } = profiles[name];
      expect(asOf.getTime()).toBeLessThanOrEqual(writtenOn.getTime());
      for (const key of Object.keys(capabilities)) expect(Object.keys(genericCapabilities)).toContain(key);
    },
  );

  test('tells what is documented, with the day of the document, until something better is known', async () => {
    await using origin = createTestOrigin(nowhere, { profile: 'azure' });
    expect(origin.capabilities).toMatchObject({ maxSearchLimit: 200, wildcardMatching: false, uidListMatching: false });
    const evidence = () => new Map(origin.capabilities.evidence.map((item) => [item.capability, item]));
    expect(evidence().get('wildcardMatching')).toEqual({
      capability: 'wildcardMatching',
      supported: false,
      how: 'documented',
      asOf: profiles.azure.asOf,
    });
    origin.learn([{ capability: 'wildcardMatching', supported: true, set: { wildcardMatching: true } }]);
    expect(origin.capabilities.wildcardMatching).toBe(true);
    expect(evidence().get('wildcardMatching')?.how).toBe('probed');
  });

  test('gives way to what is configured, which no probe changes', async () => {
    await using origin = createTestOrigin(nowhere, { profile: 'google', capabilities: { uidListMatching: true } });
    origin.learn([{ capability: 'uidListMatching', supported: false, set: { uidListMatching: false } }]);
    expect(origin.capabilities.uidListMatching).toBe(true);
    expect(origin.capabilities.evidence.find(({ capability }) => capability === 'uidListMatching')?.how).toBe(
      'configured',
    );
  });
});
