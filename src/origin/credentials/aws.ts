import type { AwsV4Signer } from 'aws4fetch';
import type { Authorizer } from './authorizer.ts';
import type { AwsCredentials } from './credentials.ts';

/** SHA-256 of no bytes at all. */
const emptyPayload = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
/** What AWS HealthImaging takes for a body that was not read before it is sent (developer guide, "Storing instances"). */
const streamedPayload = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';

/**
 * Signs each request (AWS Signature Version 4): method, path, query, host, time, Accept and the payload's hash.
 *
 * Accept-Encoding is left out, as proxies change it; so is the body of an upload, which is streamed.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function createAwsAuthorizer({ region, service, ...key }: AwsCredentials): Authorizer {
  const { accessKeyId, secretAccessKey, sessionToken } = key;
  const signingKeys = new Map<string, ArrayBuffer>(); // a key a day
  let signer: Promise<typeof AwsV4Signer> | undefined;
  return {
    async headersFor({ method, url, accept, contentLength }) {
      signer ??= import('aws4fetch').then((module) => module.AwsV4Signer);
      const Signer = await signer;
      if (signingKeys.size > 2) signingKeys.clear();
      const signed = await new Signer({
        method,
        url,
        region,
        service,
        accessKeyId,
        secretAccessKey,
        ...(sessionToken === undefined ? {} : { sessionToken }),
        cache: signingKeys,
        headers: {
          accept,
          ...(contentLength === null
            ? { 'x-amz-content-sha256': emptyPayload }
            : { 'x-amz-content-sha256': streamedPayload, 'x-amz-decoded-content-length': String(contentLength) }),
        },
      }).sign();
      return Object.fromEntries(signed.headers);
    },
    onRefused: () => false,
    close: async () => {},
  };
}
