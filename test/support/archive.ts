import { type RunningArchive, type StartArchiveOptions, startArchive } from '../../src/archive/server.ts';
import type { JsonDataSet } from '../../src/dicom/data-set.ts';
import { entryOfKeyword } from '../../src/dicom/dictionary.ts';
import { el, encapsulated, part10, sq, type Written } from '../part10/part10-writer.ts';

export const ctImage = '1.2.840.10008.5.1.4.1.1.2';

type Attribute =
  | string
  | number
  | readonly string[]
  | readonly number[]
  | readonly Attributes[]
  | Uint16Array
  | { readonly fragments: readonly Buffer[] };

/** Attributes by keyword, or private ones by tag (all LO). In any order. */
export interface Attributes {
  readonly [attribute: string]: Attribute;
}

/** A DICOM file of a few attributes. The UIDs are up to the test; text is UTF-8. */
export function dicomFile(attributes: Attributes, transferSyntaxUid?: string): Buffer {
  const dataSet = { SpecificCharacterSet: 'ISO_IR 192', SOPClassUID: ctImage, ...attributes };
  return part10(written(dataSet), transferSyntaxUid);
}

function written(attributes: Attributes): Written[] {
  return Object.entries(attributes)
    .map(([name, value]) => {
      const entry = entryOfKeyword(name);
      return writtenElement(entry?.tag ?? name, entry?.vr[0] ?? 'LO', value);
    })
    .sort((a, b) => (a.tag < b.tag ? -1 : 1));
}

function writtenElement(tag: string, vr: string, value: Attribute): Written {
  if (value instanceof Uint16Array) return el(tag, 'OW', Buffer.from(value.buffer));
  if (typeof value === 'object' && 'fragments' in value) return encapsulated(value.fragments, tag);
  if (vr === 'SQ') return sq(tag, (value as readonly Attributes[]).map(written));
  const values = Array.isArray(value) ? value : [value];
  if (vr === 'US' || vr === 'UL' || vr === 'FD') return el(tag, vr, values);
  const text = Buffer.from(values.join('\\'));
  const padding = Buffer.from(text.length % 2 === 0 ? '' : vr === 'UI' ? '\0' : ' ');
  return el(tag, vr, Buffer.concat([text, padding]));
}

/** A 2 by 2 image of 16 bits: 0, 1, 2, 3. */
export const tinyImage: Attributes = {
  Rows: 2,
  Columns: 2,
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  BitsAllocated: 16,
  BitsStored: 16,
  HighBit: 15,
  PixelRepresentation: 0,
  PixelData: Uint16Array.of(0, 1, 2, 3),
};

/** An archive over real HTTP on a free port, and short ways to ask it. */
export interface TestArchive extends RunningArchive {
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Rows of a search; [] where the answer is 204. */
  search(path: string): Promise<JsonDataSet[]>;
}

export async function startTestArchive(options: StartArchiveOptions): Promise<TestArchive> {
  const archive = await startArchive(options);
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${archive.url}${path}`, { headers });
  return {
    ...archive,
    get,
    search: async (path) => {
      const response = await get(path);
      if (response.status === 204) return [];
      if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
      return (await response.json()) as JsonDataSet[];
    },
  };
}

export interface ReceivedPart {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Takes a whole multipart/related body apart (RFC 2046 §5.1). Throws where the closing boundary is missing. */
export async function readParts(response: Response): Promise<ReceivedPart[]> {
  const boundary = /boundary="?([^";]+)/.exec(response.headers.get('content-type') ?? '')?.[1];
  if (boundary === undefined) throw new Error('No boundary in the Content-Type');
  const bytes = Buffer.from(await response.arrayBuffer()).toString('latin1');
  const pieces = `\r\n${bytes}`.split(`\r\n--${boundary}`);
  if (pieces.at(-1)?.trimEnd() !== '--') throw new Error('No closing boundary');
  return pieces.slice(1, -1).map((piece) => {
    const end = piece.indexOf('\r\n\r\n');
    const lines = piece.slice(0, end).split('\r\n').filter(Boolean);
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    return { headers, body: Buffer.from(piece.slice(end + 4), 'latin1') };
  });
}
