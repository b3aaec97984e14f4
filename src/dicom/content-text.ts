import type { DataSet } from './data-set.ts';
import { tagOf } from './dictionary.ts';
import { sopClassName } from './sop-class.ts';
import { type ContentValue, pointsOf } from './sr-content.ts';
import { uidName } from './uid-name.ts';

const codeMeaning = tagOf('CodeMeaning');
const codeValue = tagOf('CodeValue');
const codingScheme = tagOf('CodingSchemeDesignator');
const sopClassUid = tagOf('ReferencedSOPClassUID');
const graphicType = tagOf('GraphicType');
const [date, time, dateTime, uid, personName] = [
  tagOf('Date'),
  tagOf('Time'),
  tagOf('DateTime'),
  tagOf('UID'),
  tagOf('PersonName'),
];

/** The value of a content item in one text, for people to read. Null: no value, or none to be told in a text. */
export function contentText(value: ContentValue): string | null {
  switch (value.kind) {
    case 'text':
      return value.text;
    case 'code':
      return meaningOf(value.code);
    case 'number': {
      const number = value.raw ?? value.number?.toString() ?? meaningOf(value.qualifier);
      const unit = unitText(value.unit);
      return number === null || unit === null ? number : `${number} ${unit}`;
    }
    case 'date':
      return value.dataSet.date(date);
    case 'time':
      return value.dataSet.time(time);
    case 'dateTime':
      return value.dataSet.dateTime(dateTime);
    case 'uid': {
      const text = value.dataSet.uid(uid);
      return text === null ? null : (uidName(text) ?? text);
    }
    case 'personName':
      return value.dataSet.personName(personName)?.formatted ?? null;
    case 'reference':
      return value.reference && (sopClassName(value.reference.text(sopClassUid) ?? '') ?? value.type);
    case 'coordinates': {
      const points = pointsOf(value.dataSet, value.dimensions)?.length ?? 0;
      return `${value.dataSet.text(graphicType) ?? 'shape'}, ${points} ${points === 1 ? 'point' : 'points'}`;
    }
    case 'itemReference':
      return value.path;
    case 'container':
      return null;
  }
}

/** Units of UCUM are short and known: `mm`. Those that are all annotation (`{pixels}`) are better told by their meaning. */
function unitText(unit: DataSet | null): string | null {
  const [code = null, meaning] = [unit?.text(codeValue), meaningOf(unit)];
  if (code === '1' && /^(no units|unity|1)$/i.test(meaning ?? '')) return null;
  return unit?.text(codingScheme) === 'UCUM' && code !== null && /^[^{1]/.test(code) ? code : meaning;
}

const meaningOf = (code: DataSet | null): string | null => code?.text(codeMeaning) ?? code?.text(codeValue) ?? null;
