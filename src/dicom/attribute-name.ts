import { irregularNames } from './attribute-names.ts';

const irregular: ReadonlyMap<string, string> = new Map(irregularNames.map((name) => [keywordLike(name), name]));

/** The name of an attribute (PS3.6), which dcmjs does not have: its keyword spelled out, `Patient's Name` excepted. */
export function attributeName(keyword: string): string {
  return irregular.get(keyword.toLowerCase()) ?? spelledOut(keyword);
}

/** PS3.6 makes keywords of names by leaving out what is no letter or digit, and `'s`; a first digit is spelled out. */
function keywordLike(name: string): string {
  const letters = name.replace(/^2D/, 'TwoD').replace(/^3D/, 'ThreeD');
  return letters.replace(/'s\b|[^A-Za-z0-9]/g, '').toLowerCase();
}

function spelledOut(keyword: string): string {
  return keyword
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replace(/(?<=.)\b(?:To|The|Or|For|On|Per|And|In|Of|At)\b/g, (word) => word.toLowerCase())
    .replace('Date Time', 'DateTime')
    .replace(/\b(U?)I Ds\b/, '$1IDs')
    .replace(/ (Trial|Retired)$/, ' ($1)');
}
