/** Value Representations by the kind of value they give in the DICOM JSON Model (PS3.5 §6.2, PS3.18 §F.2.3). */
export type TextVr =
  | 'AE'
  | 'AS'
  | 'AT'
  | 'CS'
  | 'DA'
  | 'DT'
  | 'LO'
  | 'LT'
  | 'SH'
  | 'ST'
  | 'TM'
  | 'UC'
  | 'UI'
  | 'UR'
  | 'UT';
export type NumberVr = 'DS' | 'FD' | 'FL' | 'IS' | 'SL' | 'SS' | 'SV' | 'UL' | 'US' | 'UV';
export type BinaryVr = 'OB' | 'OD' | 'OF' | 'OL' | 'OV' | 'OW' | 'UN';
export type Vr = TextVr | NumberVr | BinaryVr | 'PN' | 'SQ';

export type VrKind = 'text' | 'number' | 'personName' | 'sequence' | 'binary';

const kinds: Readonly<Record<Vr, VrKind>> = {
  AE: 'text',
  AS: 'text',
  AT: 'text',
  CS: 'text',
  DA: 'text',
  DT: 'text',
  LO: 'text',
  LT: 'text',
  SH: 'text',
  ST: 'text',
  TM: 'text',
  UC: 'text',
  UI: 'text',
  UR: 'text',
  UT: 'text',
  DS: 'number',
  FD: 'number',
  FL: 'number',
  IS: 'number',
  SL: 'number',
  SS: 'number',
  SV: 'number',
  UL: 'number',
  US: 'number',
  UV: 'number',
  PN: 'personName',
  SQ: 'sequence',
  OB: 'binary',
  OD: 'binary',
  OF: 'binary',
  OL: 'binary',
  OV: 'binary',
  OW: 'binary',
  UN: 'binary',
};

export function isVr(text: unknown): text is Vr {
  return typeof text === 'string' && Object.hasOwn(kinds, text);
}

export function isTextVr(vr: Vr): vr is TextVr {
  return kinds[vr] === 'text';
}

export function isNumberVr(vr: Vr): vr is NumberVr {
  return kinds[vr] === 'number';
}

/** Whether the value is one stretch of bytes: InlineBinary or bulk data, never a Value. */
export function isBinaryVr(vr: Vr): vr is BinaryVr {
  return kinds[vr] === 'binary';
}
