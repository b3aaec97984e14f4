/** By media type. */
const extensions: ReadonlyMap<string, string> = new Map([
  ['application/dicom', 'dcm'],
  ['application/dicom+json', 'json'],
  ['application/dicom+xml', 'xml'],
  ['application/json', 'json'],
  ['application/octet-stream', 'bin'],
  ['application/pdf', 'pdf'],
  ['application/zip', 'zip'],
  ['image/dicom-rle', 'rle'],
  ['image/gif', 'gif'],
  ['image/jls', 'jls'],
  ['image/jp2', 'jp2'],
  ['image/jpeg', 'jpg'],
  ['image/jphc', 'jhc'],
  ['image/jpx', 'jpx'],
  ['image/png', 'png'],
  ['image/webp', 'webp'],
  ['model/mtl', 'mtl'],
  ['model/obj', 'obj'],
  ['model/stl', 'stl'],
  ['multipart/related', 'multipart'],
  ['text/html', 'html'],
  ['text/plain', 'txt'],
  ['text/rtf', 'rtf'],
  ['text/xml', 'xml'],
  ['video/h265', 'h265'],
  ['video/mp4', 'mp4'],
  ['video/mpeg', 'mpg'],
  ['video/mpeg2', 'mpg'],
]);

/** What a file name may tell. */
export interface FileSubject {
  /** Of the object; null where its receiver is not to see UIDs. Then the name tells its level. */
  readonly uid: string | null;
  readonly level: 'study' | 'series' | 'instance';
  /** From 1; null: the whole object. */
  readonly frame: number | null;
}

/**
 * A name for the file that a body is saved to: `1.2.3.dcm`, `1.2.3-frame-4.jpg`, `instance.dcm`. Made of a UID, a number and
 * our own words alone: nothing of the patient, and nothing that a file system or a header could take for more than a name.
 *
 * @param contentType - With or without parameters.
 */
export function fileName({ uid, level, frame }: FileSubject, contentType: string): string {
  const [mediaType = ''] = contentType.toLowerCase().split(';', 1);
  const name = uid !== null && /^[0-9.]{1,64}$/.test(uid) ? uid : level;
  return `${name}${frame === null ? '' : `-frame-${frame}`}.${extensions.get(mediaType.trim()) ?? 'bin'}`;
}

/** Content-Disposition (RFC 6266). The name is one of {@link fileName}: it needs neither escapes nor a second spelling. */
export function contentDisposition(type: 'inline' | 'attachment', name: string): string {
  return `${type}; filename="${name}"`;
}
