/** A selection of content items with every typed value. */
export const typedContent = `{
  path relationship valueType concept { value scheme meaning } value { __typename
    ... on TextContent { text }
    ... on CodeContent { code { value scheme meaning } }
    ... on NumberContent { number raw unit { value } }
    ... on DateContent { date }
    ... on TimeContent { time }
    ... on DateTimeContent { dateTime }
    ... on UIDContent { uid }
    ... on PersonNameContent { personName { raw } }
    ... on ReferenceContent { reference { sopClass { uid } sopInstanceUID frameNumbers segmentNumbers } }
    ... on CoordinatesContent { graphicType points }
    ... on ContainerContent { continuityOfContent }
  } }`;

interface Code {
  readonly value: string;
  readonly scheme: string;
  readonly meaning: string;
}

interface Value {
  readonly __typename: string;
  readonly text: string;
  readonly code: Code;
  readonly number: number;
  readonly raw: string;
  readonly unit: { readonly value: string };
  readonly date: string;
  readonly time: string;
  readonly dateTime: string;
  readonly uid: string;
  readonly personName: { readonly raw: string };
  readonly reference: {
    readonly sopClass: { readonly uid: string };
    readonly sopInstanceUID: string;
    readonly frameNumbers: readonly number[] | null;
    readonly segmentNumbers: readonly number[] | null;
  };
  readonly graphicType: string;
  readonly points: readonly (readonly number[])[];
  readonly continuityOfContent: string;
}

export interface ContentOfAnswer {
  readonly path: string;
  readonly relationship: string | null;
  readonly valueType: string | null;
  readonly concept: Code | null;
  readonly value: Value;
}

/** An item as known-objects.py writes it. */
export const lineOf = ({ path, relationship, valueType, concept, value }: ContentOfAnswer): string =>
  [path, relationship ?? '', valueType ?? '', keyOf(concept), textOf(value)].join('|');

const keyOf = (code: Code | null): string => (code ? `${code.scheme} ${code.value} ${code.meaning}` : '');
const listed = (numbers: readonly number[] | null): string => numbers?.join(',') ?? '';

function textOf(value: Value): string {
  switch (value.__typename) {
    case 'TextContent':
      return value.text;
    case 'CodeContent':
      return keyOf(value.code);
    case 'NumberContent':
      if (Number(value.raw) !== value.number) throw new Error(`${value.raw} is not ${value.number}`);
      return `${value.raw} ${value.unit.value}`;
    case 'DateContent':
      return value.date;
    case 'TimeContent':
      return inFull(value.time);
    case 'DateTimeContent':
      return value.dateTime.replace(/[-T:]/g, '');
    case 'UIDContent':
      return value.uid;
    case 'PersonNameContent':
      return value.personName.raw;
    case 'ReferenceContent': {
      const { sopClass, sopInstanceUID, frameNumbers, segmentNumbers } = value.reference;
      return [sopClass.uid, sopInstanceUID, listed(frameNumbers), listed(segmentNumbers)].join(' ');
    }
    case 'CoordinatesContent':
      return [value.graphicType, ...value.points.flat().map((number) => number.toFixed(3))].join(' ');
    case 'ContainerContent':
      return value.continuityOfContent;
    default:
      throw new Error(`No line for ${value.__typename}`);
  }
}

/** As pydicom writes a time: with microseconds. */
function inFull(time: string): string {
  const [whole = '', fraction = ''] = time.split('.');
  return `${whole}.${fraction.padEnd(6, '0')}`;
}
