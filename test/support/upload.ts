/** A multipart/related body of DICOM files, as STOW-RS clients send it. */
export function multipartOf(
  files: readonly Uint8Array[],
  { boundary = 'upload', partType = 'application/dicom' as string | null } = {},
): { readonly contentType: string; readonly body: Buffer } {
  const parts = files.flatMap((file) => [
    Buffer.from(`--${boundary}\r\n${partType === null ? '' : `Content-Type: ${partType}\r\n`}\r\n`),
    file,
    Buffer.from('\r\n'),
  ]);
  return {
    contentType: `multipart/related; type="application/dicom"; boundary=${boundary}`,
    body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

export interface StoreAnswer {
  readonly status: number;
  readonly contentType: string | null;
  /** SOP Instance UIDs. */
  readonly stored: readonly string[];
  /** SOP Instance UID and Failure Reason. */
  readonly failed: readonly (readonly [string, number])[];
  /** Failure Reasons of what has no UID. */
  readonly other: readonly number[];
  // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what its test looks at
  readonly json: any;
}

/** Sends files to be stored, and reads the report (PS3.18 Table I.2-1). */
export async function postFiles(
  url: string,
  body: Uint8Array | readonly Uint8Array[],
  headers: Readonly<Record<string, string>> = {},
): Promise<StoreAnswer> {
  const upload = body instanceof Uint8Array ? { contentType: 'application/dicom', body } : multipartOf(body);
  return readReport(
    await fetch(url, {
      method: 'POST',
      headers: { 'content-type': upload.contentType, ...headers },
      body: new Uint8Array(upload.body),
    }),
  );
}

export async function readReport(response: Response): Promise<StoreAnswer> {
  const text = await response.text();
  const json = text === '' ? {} : JSON.parse(text);
  const items = (tag: string) => json[tag]?.Value ?? [];
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    stored: items('00081199').map((item: Item) => item['00081155']?.Value?.[0]),
    failed: items('00081198').map((item: Item) => [item['00081155']?.Value?.[0], item['00081197']?.Value?.[0]]),
    other: items('0008119A').map((item: Item) => item['00081197']?.Value?.[0]),
    json,
  };
}

type Item = Readonly<Record<string, { readonly Value?: readonly unknown[] }>>;
