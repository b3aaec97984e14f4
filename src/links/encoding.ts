import { ByteReader } from './byte-reader.ts';
import { ByteWriter, maxGrantBytes } from './byte-writer.ts';
import {
  isLinkVersion,
  type LinkGrant,
  type LinkRendering,
  linkForms,
  linkMethods,
  linkRepresentations,
  linkVoiFunctions,
} from './grant.ts';
import { LinkGrantError, LinkInvalidError } from './link-error.ts';

const subjectBytes = 16;
const nonceBytes = 16;
const transferSyntaxRoot = '1.2.840.10008.1.2';

/** Media types that take one byte. Part of the format: only ever appended to. */
const knownMediaTypes = [
  'application/dicom',
  'multipart/related; type="application/dicom"',
  'application/dicom+json',
  'application/octet-stream',
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'image/jp2',
  'image/jls',
  'image/jphc',
  'image/dicom-rle',
  'video/mp4',
  'application/pdf',
  'text/html',
] as const;

/**
 * A grant as bytes, canonical: no two grants share an encoding, and no grant has two.
 *
 * In this order (see {@link ByteWriter} for the kinds of field): version, one byte (1; 2 and 3 are encrypted later) · key id, text · form, one byte ·
 * methods and representations, one byte each, a bit for each in the order of its list, lowest first · origin, text ·
 * study, series, instance, UIDs, each sharing its beginning with the one before · frame and frame count, optional
 * counts · attribute path and origin path, optional texts · media type: 0 for null, 1 and a text, or 2 + its place in
 * the list of known ones · transfer syntax, a UID sharing its beginning with 1.2.840.10008.1.2 · rendering: one byte
 * of flags (1 present, 2 viewport, 4 window, 8 quality), then viewport (two counts, four optional integers), window
 * (two float64, one byte of function), quality (count) · max bytes, optional count · not before and expiry, uint32 ·
 * subject, 16 bytes · epoch, count · nonce, 16 bytes, or nothing for null.
 *
 * @throws {LinkGrantError} A value out of range, or an encoding of more than {@link maxGrantBytes}.
 */
export function encodeGrant(grant: LinkGrant): Buffer {
  writeGrant(writer, grant);
  return Buffer.from(writer.bytes.subarray(0, writer.length));
}

const writer = new ByteWriter(maxGrantBytes);

/** {@link encodeGrant} into a writer that is used again; what it held is overwritten. */
export function writeGrant(writer: ByteWriter, grant: LinkGrant): void {
  writer.length = 0;
  writer.byte(grant.version);
  writer.text('keyId', grant.keyId);
  writer.byte(linkForms.indexOf(grant.form) + 1);
  writer.byte(bitsOf('methods', grant.methods, linkMethods));
  writer.byte(bitsOf('representations', grant.representations, linkRepresentations));
  writer.text('origin', grant.origin);
  writer.optionalUid('study', grant.study, '');
  writer.optionalUid('series', grant.series, grant.study ?? '');
  writer.optionalUid('instance', grant.instance, grant.series ?? grant.study ?? '');
  writer.optionalCount('frame', grant.frame);
  writer.optionalCount('frameCount', grant.frameCount);
  writer.optionalText('attributePath', grant.attributePath);
  writer.optionalText('originPath', grant.originPath);
  writeMediaType(writer, grant.mediaType);
  writer.optionalUid('transferSyntaxUID', grant.transferSyntaxUID, transferSyntaxRoot);
  writeRendering(writer, grant.rendering);
  writer.optionalCount('maxBytes', grant.maxBytes);
  writer.uint32('notBefore', grant.notBefore);
  writer.uint32('expiresAt', grant.expiresAt);
  writer.hex('subject', grant.subject, subjectBytes);
  writer.count('epoch', grant.epoch);
  if (grant.nonce !== null) writer.hex('nonce', grant.nonce, nonceBytes);
}

/**
 * The grant of an encoding.
 *
 * @throws {LinkInvalidError} Not an encoding, not the canonical one, or with anything behind it.
 */
export function decodeGrant(bytes: Buffer): LinkGrant {
  const reader = new ByteReader(bytes);
  const version = reader.byte();
  if (!isLinkVersion(version)) throw new LinkInvalidError();
  const keyId = reader.text();
  const form = linkForms[reader.byte() - 1];
  const methods = membersOf(reader.byte(), linkMethods);
  const representations = membersOf(reader.byte(), linkRepresentations);
  if (form === undefined) throw new LinkInvalidError();
  const origin = reader.text();
  const study = reader.optionalUid('');
  const series = reader.optionalUid(study ?? '');
  const instance = reader.optionalUid(series ?? study ?? '');
  const grant: LinkGrant = {
    version,
    keyId,
    form,
    methods,
    representations,
    origin,
    study,
    series,
    instance,
    frame: reader.optionalCount(),
    frameCount: reader.optionalCount(),
    attributePath: reader.optionalText(),
    originPath: reader.optionalText(),
    mediaType: readMediaType(reader),
    transferSyntaxUID: reader.optionalUid(transferSyntaxRoot),
    rendering: readRendering(reader),
    maxBytes: reader.optionalCount(),
    notBefore: reader.uint32(),
    expiresAt: reader.uint32(),
    subject: reader.hex(subjectBytes),
    epoch: reader.count(),
    nonce: reader.atEnd ? null : reader.hex(nonceBytes),
  };
  if (!reader.atEnd || !isEncodingOf(bytes, grant)) throw new LinkInvalidError();
  return grant;
}

/** Every other spelling of a grant is refused by comparing with the one there is, not by a rule for each field. */
function isEncodingOf(bytes: Buffer, grant: LinkGrant): boolean {
  try {
    writeGrant(writer, grant);
    return bytes.equals(writer.bytes.subarray(0, writer.length));
  } catch (error) {
    if (error instanceof LinkGrantError) return false;
    throw error;
  }
}

/** @throws {LinkGrantError} Not in the list's order, or repeated: that would give one encoding to two grants. */
function bitsOf(field: string, members: readonly string[], list: readonly string[]): number {
  let bits = 0;
  let last = -1;
  for (const member of members) {
    const place = list.indexOf(member);
    if (place <= last) throw new LinkGrantError(field, 'are unknown, repeated or out of order');
    bits |= 1 << place;
    last = place;
  }
  return bits;
}

function membersOf<T>(bits: number, list: readonly T[]): T[] {
  return list.filter((_, place) => (bits & (1 << place)) !== 0);
}

function writeMediaType(writer: ByteWriter, mediaType: string | null): void {
  if (mediaType === null) {
    writer.byte(0);
    return;
  }
  const place = (knownMediaTypes as readonly string[]).indexOf(mediaType);
  if (place >= 0) {
    writer.byte(place + 2);
    return;
  }
  writer.byte(1);
  writer.text('mediaType', mediaType);
}

function readMediaType(reader: ByteReader): string | null {
  const marker = reader.byte();
  if (marker === 0) return null;
  if (marker === 1) return reader.text();
  const known = knownMediaTypes[marker - 2];
  if (known === undefined) throw new LinkInvalidError();
  return known;
}

function writeRendering(writer: ByteWriter, rendering: LinkRendering | null): void {
  if (rendering === null) {
    writer.byte(0);
    return;
  }
  const { viewport, window, quality } = rendering;
  writer.byte(1 | (viewport === null ? 0 : 2) | (window === null ? 0 : 4) | (quality === null ? 0 : 8));
  if (viewport !== null) {
    writer.count('viewport.width', viewport.width);
    writer.count('viewport.height', viewport.height);
    writer.optionalInteger('viewport.sourceX', viewport.sourceX);
    writer.optionalInteger('viewport.sourceY', viewport.sourceY);
    writer.optionalInteger('viewport.sourceWidth', viewport.sourceWidth);
    writer.optionalInteger('viewport.sourceHeight', viewport.sourceHeight);
  }
  if (window !== null) {
    writer.float64('window.center', window.center);
    writer.float64('window.width', window.width);
    writer.byte(linkVoiFunctions.indexOf(window.function));
  }
  if (quality !== null) writer.count('quality', quality);
}

function readRendering(reader: ByteReader): LinkRendering | null {
  const flags = reader.byte();
  if (flags === 0) return null;
  const viewport =
    (flags & 2) === 0
      ? null
      : {
          width: reader.count(),
          height: reader.count(),
          sourceX: reader.optionalInteger(),
          sourceY: reader.optionalInteger(),
          sourceWidth: reader.optionalInteger(),
          sourceHeight: reader.optionalInteger(),
        };
  const window =
    (flags & 4) === 0 ? null : { center: reader.float64(), width: reader.float64(), function: readFunction(reader) };
  const quality = (flags & 8) === 0 ? null : reader.count();
  return { viewport, window, quality };
}

function readFunction(reader: ByteReader): (typeof linkVoiFunctions)[number] {
  const known = linkVoiFunctions[reader.byte()];
  if (known === undefined) throw new LinkInvalidError();
  return known;
}
