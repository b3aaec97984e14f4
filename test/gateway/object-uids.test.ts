import { describe, expect, onTestFinished, test } from 'vitest';
import { DataSet } from '../../src/dicom/data-set.ts';
import { parseUid } from '../../src/dicom/uid.ts';
import { instanceIn, isSaidWithin, isWithin, objectIn, saidInstance, uidTags } from '../../src/gateway/object-uids.ts';
import type { Level } from '../../src/origin/search.ts';
import { pathOf, rawRequest, startTestGateway } from '../support/gateway.ts';
import { image } from '../support/links.ts';
import { json, reply, startQuirkyOrigin } from '../support/quirky-origin.ts';

const levels: readonly Level[] = ['study', 'series', 'instance'];
const other = parseUid('1.2.3');
const asked = { study: parseUid(image.study), series: parseUid(image.series), instance: parseUid(image.instance) };

/** What may stand in a data set for a UID that was asked for. */
type Said = 'same' | 'absent' | 'empty' | 'other' | 'no UID';

/** A data set of the image, but for what it says of one level. */
function saying(level: Level, said: Said): Record<string, unknown> {
  const attributes = Object.fromEntries(
    levels.map((one) => [uidTags[one], { vr: 'UI', Value: [image[one]] as string[] }]),
  );
  if (said === 'absent') delete attributes[uidTags[level]];
  else if (said !== 'same') {
    attributes[uidTags[level]] = { vr: 'UI', Value: said === 'empty' ? [] : [said === 'other' ? other : 'no UID'] };
  }
  return attributes;
}

const eachLevel = (sayings: readonly Said[]): readonly (readonly [Level, Said])[] =>
  levels.flatMap((level) => sayings.map((said) => [level, said] as const));

async function metadataOf(dataSet: unknown): Promise<number> {
  const origin = await startQuirkyOrigin((socket) => reply(socket, json([dataSet])));
  const gateway = await startTestGateway(origin.url);
  onTestFinished(async () => {
    await gateway.close();
    await origin.close();
  });
  return (await rawRequest(gateway.port, pathOf(gateway.links.metadata('test', image).url))).status;
}

describe('metadata of an instance that the archive answers with', () => {
  test.each(eachLevel(['same', 'absent', 'empty']))('is given where its UID of the %s is %s', async (level, said) => {
    expect(await metadataOf(saying(level, said))).toBe(200);
  });

  test.each(eachLevel(['other', 'no UID']))('is not given where its UID of the %s is %s', async (level, said) => {
    expect(await metadataOf(saying(level, said))).toBe(404);
  });
});

describe('a data set', () => {
  const told = (level: Level, said: Said): DataSet => DataSet.parse(saying(level, said));
  const { study, series } = asked;

  test.each(eachLevel(['same', 'absent', 'empty', 'other', 'no UID']))(
    'whose UID of the %s is %s is of what it says, and of what was asked for where it does not say',
    (level, said) => {
      const dataSet = told(level, said);
      const isSame = said === 'same';
      const isSilent = said === 'absent' || said === 'empty';
      expect(isWithin(dataSet, asked)).toBe(isSame || isSilent);
      expect(isSaidWithin(dataSet, asked)).toBe(isSame);
      const ofOther = level === 'study' ? { study: other } : { study, [level]: other };
      expect(isWithin(dataSet, ofOther)).toBe(isSilent || said === 'other');
      expect(isSaidWithin(dataSet, ofOther)).toBe(said === 'other');
      expect(instanceIn(dataSet, asked)).toEqual(isSame || isSilent ? asked : null);
    },
  );

  test('says which instance it is by all three UIDs, or not at all', () => {
    for (const level of levels) {
      expect(saidInstance(told(level, 'same'))).toEqual(asked);
      for (const said of ['absent', 'empty', 'no UID'] as const) expect(saidInstance(told(level, said))).toBeNull();
      const moved = saidInstance(told(level, 'other'));
      expect(moved).toEqual({ ...asked, [level]: other });
    }
  });

  test('is of no instance where a UID is neither there nor asked for', () => {
    expect(instanceIn(told('instance', 'absent'), { study, series })).toBeNull();
    expect(instanceIn(told('series', 'absent'), { study })).toBeNull();
    expect(instanceIn(told('study', 'absent'), { study })).toEqual(asked);
  });

  test.each<[Level, unknown]>([
    ['study', { study }],
    ['series', { study, series }],
    ['instance', asked],
  ])('of a search of the %s is one by its own UID, which must be there', (level, expected) => {
    expect(objectIn(told(level, 'same'), level, { study })).toEqual(expected);
    for (const said of ['absent', 'empty', 'no UID'] as const) {
      expect(objectIn(told(level, said), level, { study })).toBeNull();
    }
    expect(objectIn(told('study', 'other'), level, { study })).toBeNull();
    expect(objectIn(told('series', 'other'), level, { study, series })).toBeNull();
  });
});
