/** A body that is sent to be stored cannot be taken. The message holds nothing of the body. */
export class UploadError extends Error {
  override readonly name = 'UploadError';
  readonly code: 'BAD_USER_INPUT' | 'PAYLOAD_TOO_LARGE';
  /** Of HTTP: there is no code for every one. */
  readonly status: 400 | 408 | 413 | 415;

  constructor(status: 400 | 408 | 413 | 415, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.code = status === 413 ? 'PAYLOAD_TOO_LARGE' : 'BAD_USER_INPUT';
  }
}

export const tooLarge = (maxBytes: number): UploadError =>
  new UploadError(413, `The body has more than ${maxBytes} bytes`);

export const tooSlow = (): UploadError => new UploadError(408, 'The body comes too slowly');
