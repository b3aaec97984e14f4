import { frameMediaType } from '../../dicom/transfer-syntax.ts';
import { canDecode } from '../../render/decode-frame.ts';
import { RenderError } from '../../render/render-error.ts';
import type { SourcePayload } from '../source.ts';

/** What frames of a media type are decoded as where nothing tells more: the code streams tell the rest of themselves. */
const syntaxOfMediaType: ReadonlyMap<string, string> = new Map([
  ['application/octet-stream', '1.2.840.10008.1.2.1'],
  ['image/jpeg', '1.2.840.10008.1.2.4.50'],
  ['image/jls', '1.2.840.10008.1.2.4.80'],
  ['image/x-jls', '1.2.840.10008.1.2.4.80'],
  ['image/jp2', '1.2.840.10008.1.2.4.90'],
  ['image/jphc', '1.2.840.10008.1.2.4.201'],
  ['image/dicom-rle', '1.2.840.10008.1.2.5'],
  ['image/x-dicom-rle', '1.2.840.10008.1.2.5'],
]);

/**
 * The transfer syntax of a frame that came as it is stored: what the origin says of it; else what the metadata says is
 * available and goes with the media type.
 *
 * @param available - AvailableTransferSyntaxUID (0008,3002).
 * @param isShort - The frame has fewer bytes than its pixels: octets that are called native are those of a codec then.
 * @throws {RenderError} `unsupported`: it cannot be decoded, or what it is cannot be told.
 */
export function syntaxOfFrame(
  { mediaType, transferSyntaxUid }: Pick<SourcePayload, 'mediaType' | 'transferSyntaxUid'>,
  available: readonly string[],
  isShort: boolean,
): string {
  const isNative = transferSyntaxUid !== null && frameMediaType(transferSyntaxUid) === 'application/octet-stream';
  const hidden = isNative && isShort ? available.find(isCompressed) : undefined;
  const told =
    hidden ??
    transferSyntaxUid ??
    available.find((uid) => frameMediaType(uid) === mediaType) ??
    syntaxOfMediaType.get(mediaType);
  if (told !== undefined && canDecode(told)) return told;
  throw new RenderError('unsupported', 'Not supported: pixels in this transfer syntax');
}

const isCompressed = (uid: string): boolean =>
  canDecode(uid) && (frameMediaType(uid) ?? 'application/octet-stream') !== 'application/octet-stream';
