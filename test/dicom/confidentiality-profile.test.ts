import { describe, expect, test } from 'vitest';
import { mayIdentify } from '../../src/dicom/confidentiality-profile.ts';
import { entryOfTag } from '../../src/dicom/dictionary.ts';
import { tag } from '../../src/dicom/tag.ts';
import { basicProfile } from '../support/basic-profile.ts';

describe('what the Basic Profile touches (PS3.15 Table E.1-1)', () => {
  test.each([
    ['Patient ID', '00100020'],
    ["Patient's Age", '00101010'],
    ['Accession Number', '00080050'],
    ['Study Date', '00080020'],
    ['Study Description', '00081030'],
    ['Institution Name', '00080080'],
    ['SOP Instance UID', '00080018'],
    ['Content Sequence', '0040A730'],
    ['GPS Latitude', '00160072'],
    ['Structure Set Label', '30060002'],
    ['a private attribute', '00291010'],
    ['Curve Data of a repeating group', '50023000'],
    ['Overlay Data of a repeating group', '60023000'],
  ])('%s may tell who somebody is', (_name, text) => {
    expect(mayIdentify(tag(text))).toBe(true);
  });

  test.each([
    ['Modality', '00080060'],
    ['SOP Class UID', '00080016'],
    ['Rows', '00280010'],
    ['Pixel Spacing', '00280030'],
    ['Manufacturer', '00080070'],
    ['Body Part Examined', '00180015'],
    ['Burned In Annotation', '00280301'],
    ['Overlay Rows', '60000010'],
  ])('%s does not', (_name, text) => {
    expect(mayIdentify(tag(text))).toBe(false);
  });

  test.each(['PN', 'DA', 'DT', 'TM'])('no value of VR %s is left, wherever it stands', (vr) => {
    expect(mayIdentify(tag('00091001'), vr)).toBe(true);
    expect(mayIdentify(tag('00080060'), vr)).toBe(true);
  });

  test('nothing is missing that an earlier edition touched', () => {
    expect(basicProfile.size).toBeGreaterThan(400);
    expect([...basicProfile].filter((text) => !mayIdentify(tag(text)))).toEqual([]);
  });

  test('every element of the table is one that PS3.6 knows', () => {
    const known = [0x0008, 0x0010, 0x0012, 0x0018, 0x0020, 0x0032, 0x0038, 0x0040, 0x300a, 0x3010];
    for (const group of known) {
      for (let element = 0; element <= 0xffff; element++) {
        const text = [group, element].map((part) => part.toString(16).toUpperCase().padStart(4, '0')).join('');
        if (mayIdentify(tag(text))) expect([text, entryOfTag(tag(text))?.keyword]).toEqual([text, expect.any(String)]);
      }
    }
  });
});
