import { dictionaryEntries } from '../../src/dicom/dictionary.ts';
import { type Attributes, dicomFile, tinyImage } from './archive.ts';
import { basicProfile } from './basic-profile.ts';

/** Of the file, not of the object; or the object's own UIDs. */
const written = new Set(['StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID']);
const outside = /^(?:0000|0002|0004|FFFA|FFFC)/;

export const markedUids = {
  StudyInstanceUID: '2.25.810001',
  SeriesInstanceUID: '2.25.810002',
  SOPInstanceUID: '2.25.810003',
};

/** A value that stands nowhere else, of a form that the VR allows; undefined: not one that is text or a number of its own. */
function markOf(vr: string, index: number): Attributes[string] | undefined {
  const day = new Date(Date.UTC(1931, 0, 1) + index * 37 * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
  const time = `${String(index % 24).padStart(2, '0')}${String(index % 60).padStart(2, '0')}17.${123_456 + index}`;
  const values: Readonly<Record<string, Attributes[string]>> = {
    PN: `Family${index}^Given${index}^Middle${index}^Prefix${index}^Suffix${index}=山${index}^太${index}=やま${index}^たろ${index}`,
    DA: day,
    TM: time,
    DT: `${day}${time}+0130`,
    UI: `2.25.82${index}`,
    AS: '087Y',
    DS: `${4000 + index}.375`,
    IS: `${740_000 + index}`,
    SQ: [{ CodeMeaning: `Meaning ${index} of an item` }],
  };
  if (vr in values) return values[vr];
  return ['AE', 'SH', 'LO', 'ST', 'LT', 'CS', 'UT', 'UC'].includes(vr) ? `SECRET ${index}` : undefined;
}

const marks = dictionaryEntries().flatMap(({ tag, keyword, vr: [vr = ''] }, index) => {
  if (!basicProfile.has(tag) || keyword === '' || written.has(keyword) || outside.test(tag)) return [];
  const value = markOf(vr, index);
  return value === undefined ? [] : [{ tag, keyword, vr, value }];
});

/** Private: its creator and a value. */
export const privateMarks: Attributes = { '00090010': 'SECRET CREATOR', '00091001': 'SECRET PRIVATE' };

/** What the Basic Profile touches in {@link markedObject}, by keyword and tag. */
export const markedAttributes: readonly { readonly tag: string; readonly keyword: string; readonly vr: string }[] =
  marks;

/** An image that has each attribute that the Basic Profile touches, with a value that stands nowhere else. */
export function markedObject(more: Attributes = {}): Buffer {
  const marked = Object.fromEntries(marks.map(({ keyword, value }) => [keyword, value]));
  return dicomFile({ ...tinyImage, Modality: 'CT', ...marked, ...privateMarks, ...markedUids, ...more });
}
