import type { MultipartBody } from './multipart.ts';

/** What a request is answered with. A body that is a generator is only begun when it is wanted: not for HEAD. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | (() => AsyncIterable<Uint8Array>);
}

/** A request below the archive's base URL, as handlers see it. */
export interface Request {
  /** The Accept header field, or the `accept` parameter that outranks it. */
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
