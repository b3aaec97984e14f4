import type { MultipartBody } from './multipart.ts';

/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A function is called only when the body is wanted: not for HEAD. */
  readonly body?: string | Uint8Array | SliceableBody | (() => AsyncIterable<Uint8Array>);
}

/** A body of which any part can be had by itself. */
export interface SliceableBody {
  /** In bytes. */
  readonly length: number;
  /** Bytes from `start` to just before `end`. */
  slice(start: number, end: number): AsyncIterable<Uint8Array>;
}

/** A request below the archive's base URL, as handlers see it. */
export interface Request {
  /** The Accept header field, and the `accept` parameter, which outranks it. */
  readonly accept: { readonly header: string | null; readonly query: string | null };
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  /** Of the archive, as clients reach it, without a slash at the end. */
  readonly baseUrl: string;
}

export const multipartAnswer = ({ contentType, contentLength, chunks }: MultipartBody): Answer => ({
  status: 200,
  headers: { 'content-type': contentType, 'content-length': String(contentLength) },
  body: chunks,
});
