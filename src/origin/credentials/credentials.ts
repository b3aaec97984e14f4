/** How an origin knows us; never logged. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  /** A function is asked before each request, for tokens that expire. */
  | { readonly kind: 'bearer'; readonly token: string | (() => string | Promise<string>) }
  | OAuthCredentials
  | AwsCredentials
  /** Each request carries the token of the caller that it is made for; see `Origin.forCaller`. */
  | { readonly kind: 'forward' };

/** A client of an authorisation server, that gets its tokens by the client credentials grant (RFC 6749 §4.4). */
export interface OAuthCredentials {
  readonly kind: 'oauth';
  /** Of the token endpoint: http or https, a query allowed. */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** How the client shows its secret: in the Authorization header, or in the body (RFC 6749 §2.3.1). */
  readonly clientAuthentication: 'client_secret_basic' | 'client_secret_post';
  /** Names with spaces between. */
  readonly scope?: string;
  /** For authorisation servers that want to be told what the token is for (Auth0 and others). */
  readonly audience?: string;
}

/** A static key of AWS, or a temporary one with its session token. */
export interface AwsCredentials {
  readonly kind: 'aws';
  /** 'us-east-1' */
  readonly region: string;
  /** 'medical-imaging' for AWS HealthImaging. */
  readonly service: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Who an origin is asked for, where it wants the caller's own token. */
export interface Caller {
  /** Stands for the caller, and tells nothing of its token: a keyed hash. What is kept of answers is kept by it. */
  readonly subject: string;
  /** The bearer token as the caller sent it, without the scheme. */
  readonly token: { reveal(): string };
}
