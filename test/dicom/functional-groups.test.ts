import { describe, expect, test } from 'vitest';
import { DataSet } from '../../src/dicom/data-set.ts';
import { tagOf } from '../../src/dicom/dictionary.ts';
import { FunctionalGroups, hasFunctionalGroups } from '../../src/dicom/functional-groups.ts';
import { tag } from '../../src/dicom/tag.ts';

const sequence = (keyword: string, ...items: object[]) => ({ [tagOf(keyword)]: { vr: 'SQ', Value: items } });
const number = (keyword: string, value: number) => ({ [tagOf(keyword)]: { vr: 'DS', Value: [value] } });

const groups = FunctionalGroups.of(
  DataSet.parse({
    ...sequence('SharedFunctionalGroupsSequence', {
      ...sequence('PixelMeasuresSequence', number('SliceThickness', 2)),
      ...sequence('MREchoSequence', number('EffectiveEchoTime', 30)),
      // Philips keeps the attributes of single-frame images in private groups beside the standard ones.
      '20051402': { vr: 'SQ', Value: [number('EchoTime', 99)] },
    }),
    ...sequence(
      'PerFrameFunctionalGroupsSequence',
      sequence('PixelMeasuresSequence', number('SliceThickness', 5)),
      sequence('FrameContentSequence', number('TemporalPositionIndex', 2)),
    ),
  }),
);

describe('functional groups', () => {
  test('of a frame come before the shared ones, and the path says which', () => {
    expect(groups?.findOfFrame(1, tagOf('SliceThickness'))?.dataSet.number(tagOf('SliceThickness'))).toBe(5);
    expect(groups?.findOfFrame(2, tagOf('SliceThickness'))?.dataSet.number(tagOf('SliceThickness'))).toBe(2);
    expect(groups?.findOfFrame(1, tagOf('SliceThickness'))?.path).toEqual([
      { tag: tagOf('PerFrameFunctionalGroupsSequence'), item: 0 },
      { tag: tagOf('PixelMeasuresSequence'), item: 0 },
    ]);
    expect(groups?.findOfFrame(2, tagOf('EffectiveEchoTime'))?.path[0]).toEqual({
      tag: tagOf('SharedFunctionalGroupsSequence'),
      item: 0,
    });
  });

  test('of one frame among several are not shared', () => {
    expect(groups?.findShared(tagOf('TemporalPositionIndex'))).toBeNull();
    expect(groups?.findShared(tagOf('SliceThickness'))?.dataSet.number(tagOf('SliceThickness'))).toBe(2);
  });

  test('that are private give no standard attribute', () => {
    expect(groups?.findShared(tagOf('EchoTime'))).toBeNull();
  });

  test('of a frame that is not there are the shared ones', () => {
    expect(groups?.own(3)).toBeNull();
    expect(groups?.findOfFrame(3, tag('00180050'))?.dataSet.number(tagOf('SliceThickness'))).toBe(2);
  });

  test('are missing from an object without the sequences, whatever its class', () => {
    expect(FunctionalGroups.of(DataSet.parse(number('SliceThickness', 1)))).toBeNull();
    expect(hasFunctionalGroups('1.2.840.10008.5.1.4.1.1.2.1')).toBe(true);
    expect(hasFunctionalGroups('1.2.840.10008.5.1.4.1.1.2')).toBe(false);
    expect(hasFunctionalGroups(null)).toBe(false);
  });
});
