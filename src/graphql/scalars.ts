import { GraphQLError, Kind, type ValueNode } from 'graphql';
import { isTag } from '../dicom/tag.ts';
import { isUid, type Uid } from '../dicom/uid.ts';
import { builder } from './builder.ts';

/** Refused before any resolver runs; the message never repeats the value, which may be a patient's. */
const refuse = (expected: string, node?: ValueNode): GraphQLError =>
  new GraphQLError(`Expected ${expected}`, {
    ...(node ? { nodes: node } : {}),
    extensions: { code: 'BAD_USER_INPUT' },
  });

interface TextScalar<Text extends string> {
  readonly description: string;
  readonly specifiedByURL?: string;
  /** What a good value is, for the error. */
  readonly expected: string;
  readonly isValid: (text: string) => text is Text;
}

function textScalar<Text extends string>({ expected, isValid, ...described }: TextScalar<Text>) {
  const parse = (value: unknown, node?: ValueNode): Text => {
    if (typeof value === 'string' && isValid(value)) return value;
    throw refuse(expected, node);
  };
  return {
    ...described,
    serialize: (value: unknown) => (value instanceof Date ? value.toISOString() : String(value)),
    parseValue: (value: unknown) => parse(value),
    parseLiteral: (node: ValueNode) => parse(node.kind === Kind.STRING ? node.value : undefined, node),
  };
}

/** A check of a plain text, which has no type of its own. */
const text =
  (isValid: (text: string) => boolean) =>
  (value: string): value is string =>
    isValid(value);

/** As src/links/opaque.ts writes them. */
const isToken = (text: string): boolean => /^AQ[A-Za-z0-9_-]{30,300}$/.test(text);

builder.scalarType(
  'UID',
  textScalar({
    description:
      'DICOM UI: ^[0-9]+(\\.[0-9]+)*$, at most 64 characters. Leading zeros in a component are taken as they are. Without the scope patient-data: a token that stands for it.',
    expected: 'a DICOM UID: numbers joined by dots, at most 64 characters',
    // Those without the scope patient-data name objects by tokens, which are opened or refused before a resolver sees them.
    isValid: (text): text is Uid => isUid(text) || isToken(text),
  }),
);

builder.scalarType(
  'Date',
  textScalar({
    description: 'ISO 8601 calendar date, from DA: 2026-11-22.',
    expected: 'a calendar date as 2026-11-22',
    isValid: text(isCalendarDate),
  }),
);

builder.scalarType(
  'LocalTime',
  textScalar({
    description: 'Local time as precise as its TM: 14, 14:05, 14:05:30, 14:05:30.250. No time zone.',
    expected: 'a local time as 14:05:30.250',
    isValid: text((written) => /^([01]\d|2[0-3])(:[0-5]\d(:([0-5]\d|60)(\.\d{1,6})?)?)?$/u.test(written)),
  }),
);

builder.scalarType(
  'DicomDateTime',
  textScalar({
    description: 'DT: ISO 8601, as precise as written, with an offset only where DICOM gives one.',
    expected: 'a date and time as 2026-11-22T14:05:30.250+01:00',
    isValid: text((written) =>
      /^\d{4}(-\d{2}(-\d{2}(T\d{2}(:\d{2}(:\d{2}(\.\d{1,6})?)?)?)?)?)?([+-]\d{2}:\d{2})?$/u.test(written),
    ),
  }),
);

builder.scalarType(
  'DateTime',
  textScalar({
    description: 'RFC 3339 with offset: an instant of ours (expiry, freshness).',
    specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
    expected: 'an RFC 3339 instant',
    isValid: text((written) => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/u.test(written)),
  }),
);

builder.scalarType(
  'URL',
  textScalar({
    description: 'An absolute URL, RFC 3986.',
    specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3986',
    expected: 'an absolute URL',
    isValid: text((written) => URL.canParse(written)),
  }),
);

builder.scalarType(
  'Tag',
  textScalar({
    description: '8 upper-case hex digits: 00100010 is (0010,0010).',
    expected: 'a tag of 8 upper-case hex digits',
    isValid: isTag,
  }),
);

const parseCount = (value: unknown, node?: ValueNode): number => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw refuse('a count: 0 to 2^53-1', node);
};

builder.scalarType('Count', {
  description: '0 to 2^53-1.',
  serialize: (value) => value,
  parseValue: (value) => parseCount(value),
  parseLiteral: (node) => parseCount(node.kind === Kind.INT ? Number(node.value) : undefined, node),
});

function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
