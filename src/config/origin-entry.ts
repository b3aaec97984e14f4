import { z } from 'zod';
import { credentialSettings } from './credential-settings.ts';
import { baseUrl, basicCredentials, bearerToken, endpointUrl, originId, secretText, visibleText } from './grammars.ts';
import { originRequestSettings } from './origin-requests.ts';
import { mustBe, wholeNumberSchema } from './setting.ts';

const flag = z.boolean(mustBe('true or false')).exactOptional();
const path = z.string(mustBe('a path')).min(1, mustBe('a path')).exactOptional();
const count = wholeNumberSchema(1, Number.MAX_SAFE_INTEGER);
const representation = z.enum(['NATIVE', 'FRAMES', 'RENDERED', 'THUMBNAIL', 'BULKDATA', 'METADATA'], {
  error: 'must be one of NATIVE, FRAMES, RENDERED, THUMBNAIL, BULKDATA, METADATA',
});
const bounds = originRequestSettings;
const keys = z
  .array(z.string(mustBe('a key')).regex(/^[A-Za-z0-9.]{1,200}$/, mustBe('a key')), mustBe('a list of keys, or null'))
  .max(500, mustBe('a list of at most 500 keys'))
  .nullable();
const syntaxes = z
  .array(z.string(mustBe('a UID')).regex(/^[0-9.]{1,64}$/, mustBe('a UID')), mustBe('a list of UIDs, or null'))
  .max(100, mustBe('a list of at most 100'))
  .nullable()
  .exactOptional();

/** Archives whose documented behaviour is known. */
export const profileNames = [
  'generic',
  'aws-healthimaging',
  'azure',
  'dcm4chee-arc',
  'google',
  'orthanc',
  'static-dicomweb',
] as const;

/** What the gateway renders to where an origin does not; an empty list: nothing. */
const gatewayFormats = ['image/jpeg', 'image/png', 'image/webp', 'application/pdf'] as const;

/** What an origin can do, where that is known better than a probe would find out. */
const capabilities = z.strictObject(
  {
    uidListMatching: flag,
    rootSeriesSearch: flag,
    rootInstanceSearch: flag,
    studyInstanceSearch: flag,
    includeField: flag,
    relatedCounts: flag,
    studyCount: flag,
    matchableKeys: z
      .strictObject(
        { study: keys, series: keys, instance: keys },
        mustBe('study, series and instance, each with its keys'),
      )
      .exactOptional(),
    wildcardMatching: flag,
    rangeMatching: flag,
    caseInsensitiveMatching: flag,
    fuzzyMatching: flag,
    ordering: flag,
    orderParameter: z
      .string(mustBe('a parameter name'))
      .regex(/^[a-z]{1,32}$/i, mustBe('a parameter name'))
      .exactOptional(),
    searchLimit: flag,
    searchOffset: flag,
    maxSearchLimit: count.nullable().exactOptional(),
    maxSearchRows: count.nullable().exactOptional(),
    maxUidsPerList: count.exactOptional(),
    maxQueryBytes: count.exactOptional(),
    rawQueryValues: flag,
    studyMetadata: flag,
    seriesMetadata: flag,
    instanceMetadata: flag,
    metadataOmits: z
      .array(z.string(mustBe('a VR')).regex(/^[A-Z]{2}$/, mustBe('a VR')), mustBe('a list'))
      .max(34, mustBe('a list of VRs'))
      .exactOptional(),
    rendering: flag,
    thumbnails: flag,
    storing: flag,
    representations: z.array(representation, mustBe('a list')).max(6, mustBe('a list of at most 6')).exactOptional(),
    renderedFormats: z
      .array(z.string(mustBe('a media type')).regex(/^[a-z]+\/[a-z0-9.+-]+$/, mustBe('a media type')))
      .max(32, mustBe('a list of at most 32'))
      .exactOptional(),
    renderingParameters: z
      .array(z.enum(['viewport', 'window', 'quality'], mustBe('one of viewport, window, quality')), mustBe('a list'))
      .max(3, mustBe('a list of at most 3'))
      .exactOptional(),
    renderedSyntaxes: syntaxes,
    nativeSyntaxes: syntaxes,
    frameSyntaxes: syntaxes,
    convertedSyntaxes: syntaxes,
    gatewayFormats: z
      .array(z.enum(gatewayFormats, mustBe(`one of ${gatewayFormats.join(', ')}`)), mustBe('a list'))
      .max(4, mustBe('a list of at most 4'))
      .exactOptional(),
  },
  mustBe('names and values'),
);

const oauth = z.strictObject(
  {
    tokenUrl: endpointUrl.exactOptional(),
    clientId: visibleText.exactOptional(),
    clientSecret: secretText.exactOptional(),
    clientSecretFile: path,
    clientAuthentication: credentialSettings.oauth.clientAuthentication.schema.exactOptional(),
    scope: visibleText.exactOptional(),
    audience: visibleText.exactOptional(),
  },
  mustBe('names and values'),
);

const aws = z.strictObject(
  {
    region: visibleText.exactOptional(),
    service: visibleText.exactOptional(),
    accessKeyId: visibleText.exactOptional(),
    secretAccessKey: secretText.exactOptional(),
    secretAccessKeyFile: path,
    sessionToken: secretText.exactOptional(),
    sessionTokenFile: path,
  },
  mustBe('names and values'),
);

/** An entry of `origins`. What it leaves out of the bounds of requests is taken from `originRequests`. */
export const originEntry = z.strictObject(
  {
    id: originId,
    name: z
      .string(mustBe('a text'))
      .min(1, mustBe('a text'))
      .max(200, mustBe('at most 200 characters'))
      .exactOptional(),
    url: baseUrl,
    basic: basicCredentials.exactOptional(),
    basicFile: path,
    bearer: bearerToken.exactOptional(),
    bearerFile: path,
    forwardToken: flag,
    oauth: oauth.exactOptional(),
    aws: aws.exactOptional(),
    caFile: path,
    profile: z.enum(profileNames, mustBe(`one of ${profileNames.join(', ')}`)).exactOptional(),
    connectTimeoutMs: bounds.connectTimeoutMs.schema.exactOptional(),
    headersTimeoutMs: bounds.headersTimeoutMs.schema.exactOptional(),
    bodyIdleTimeoutMs: bounds.bodyIdleTimeoutMs.schema.exactOptional(),
    readerIdleTimeoutMs: bounds.readerIdleTimeoutMs.schema.exactOptional(),
    maxConcurrentRequests: bounds.maxConcurrentRequests.schema.exactOptional(),
    maxQueuedRequests: bounds.maxQueuedRequests.schema.exactOptional(),
    maxMetadataBytes: bounds.maxMetadataBytes.schema.exactOptional(),
    maxRetryAfterMs: bounds.maxRetryAfterMs.schema.exactOptional(),
    retries: bounds.retries.schema.exactOptional(),
    circuitFailures: bounds.circuitFailures.schema.exactOptional(),
    circuitWindowMs: bounds.circuitWindowMs.schema.exactOptional(),
    circuitPauseMs: bounds.circuitPauseMs.schema.exactOptional(),
    bulkDataPrefixes: z
      .array(z.string(mustBe('a path that begins with /')).startsWith('/', mustBe('a path that begins with /')))
      .max(32, mustBe('a list of at most 32'))
      .exactOptional(),
    capabilities: capabilities.exactOptional(),
  },
  mustBe('names and values'),
);

export type OriginEntry = z.infer<typeof originEntry>;

/** Every key of an entry, for suggestions. */
export const originEntryKeys = [originEntry, capabilities, oauth, aws].flatMap(({ shape }) => Object.keys(shape));
