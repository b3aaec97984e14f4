import { z } from 'zod';
import { accessSettings, anonymousScopes } from './access-settings.ts';
import { auditSettings } from './audit-settings.ts';
import { credentialSettings } from './credential-settings.ts';
import { baseUrl, host, pageOrigin } from './grammars.ts';
import { documentLimitSettings, documentSettings, rateLimitSettings, uploadPaceSettings } from './limit-settings.ts';
import { linkKey } from './link-key.ts';
import { originEntry, profileNames } from './origin-entry.ts';
import { originRequestSettings } from './origin-requests.ts';
import { payloadCacheSettings } from './payload-cache-settings.ts';
import { trustedProxies } from './proxy-setting.ts';
import { readLimits } from './read-limits.ts';
import { renderingSettings } from './rendering-settings.ts';
import { choice, list, onOff, path, type Setting, text, wholeNumber } from './setting.ts';

/**
 * Every setting there is. A setting's place here gives its names: `links.keysFile` in the file, `--links-keys-file`,
 * `DICOMWEB_GRAPHQL_LINKS_KEYS_FILE`. Flags, environment, the file's schema and the help text all come from this table.
 */
export const settings = {
  config: path({
    group: 'Other',
    placeholder: 'FILE',
    help: 'Settings from a YAML or JSON file; the environment outranks it, flags outrank both.',
    default: undefined,
  }),

  folder: path({
    group: 'Archive',
    placeholder: 'DIR',
    help: 'Serve every DICOM file below this folder.',
    default: undefined,
  }),
  folderWritable: onOff({
    group: 'Archive',
    help: 'Let uploads be stored in --folder, below stow/. Without it, nothing is ever written there.',
    default: false,
  }),
  origin: text({
    group: 'Archive',
    placeholder: 'URL',
    schema: baseUrl,
    help: 'Front this DICOMweb server: the URL that /studies follows.',
    default: undefined,
  }),
  origins: list(originEntry, {
    group: 'Archive',
    placeholder: 'LIST',
    max: 32,
    help: 'Several servers, the first the default; each with id, name, url, credentials and bounds of its own.',
    fileOnly: true,
    default: [],
  }),
  ...credentialSettings,
  caFile: path({
    group: 'Archive',
    placeholder: 'FILE',
    help: 'PEM certificates of the authorities that --origin may be signed by, instead of the well-known ones.',
    default: undefined,
    rare: true,
  }),
  profile: choice(profileNames, {
    group: 'Archive',
    placeholder: 'NAME',
    help: `What --origin is, where that is known: ${profileNames.join(', ')}.`,
    default: 'generic',
  }),
  originRequests: originRequestSettings,

  host: text({
    group: 'Listening',
    placeholder: 'ADDRESS',
    schema: host,
    help: 'Address to listen on.',
    default: '127.0.0.1',
  }),
  port: wholeNumber({
    group: 'Listening',
    placeholder: 'PORT',
    min: 0,
    max: 65_535,
    help: 'Port to listen on; 0 takes a free one.',
    default: 4000,
  }),
  publicUrl: text({
    group: 'Listening',
    placeholder: 'URL',
    schema: baseUrl,
    help: 'What minted links begin with (default: http://HOST:PORT). Never taken from the Host header.',
    default: undefined,
  }),
  allowAnonymousNetworkAccess: onOff({
    group: 'Listening',
    help: 'Listen beyond loopback although whoever connects may do what --anonymous-scopes says.',
    default: false,
  }),
  trustedProxies,
  cors: {
    origins: list(pageOrigin, {
      group: 'Listening',
      placeholder: 'ORIGIN,...',
      max: 100,
      help: 'Web pages that may use this server; "localhost" is this machine on any port.',
      default: { demo: ['localhost'], serve: [] },
    }),
  },
  graphiql: onOff({
    group: 'Listening',
    help: 'Serve GraphiQL to browsers at /graphql.',
    default: { demo: true, serve: false },
  }),
  ...documentSettings,
  metrics: onOff({
    group: 'Listening',
    help: 'Answer /metrics for Prometheus: to whoever asks, so keep it from strangers.',
    default: { demo: true, serve: false },
  }),
  explain: onOff({
    group: 'Listening',
    help: 'Let those with the scopes admin and patient-data ask for extensions.dicomweb by the header x-dicomweb-explain: 1.',
    default: { demo: true, serve: false },
  }),

  anonymousScopes,
  access: accessSettings,

  links: {
    keys: list(linkKey, {
      group: 'Links',
      placeholder: 'ID:SECRET,...',
      max: 16,
      help: 'Keys that sign links; the first signs, all verify. Secrets of at least 32 bytes, base64url or hex.',
      noFlag: true,
      default: [],
    }),
    keysFile: path({
      group: 'Links',
      placeholder: 'FILE',
      help: 'A file with one ID:SECRET a line. The demo makes one in its state folder.',
      default: undefined,
    }),
    opaque: onOff({
      group: 'Links',
      help: 'Encrypt what links grant, so that no UID can be read in a URL. Those without patient-data get no others.',
      default: false,
    }),
    resourceLifetimeSeconds: wholeNumber({
      group: 'Links',
      min: 240,
      max: 600,
      help: 'How long a link to one resource is good, in seconds.',
      default: 600,
      rare: true,
    }),
    opaqueTokenSeconds: wholeNumber({
      group: 'Links',
      min: 240,
      max: 3600,
      help: "How long links made with a caller's token are good where the token does not tell its end, in seconds.",
      default: 600,
      rare: true,
    }),
    uploadLifetimeSeconds: wholeNumber({
      group: 'Links',
      min: 30,
      max: 3600,
      help: 'How long an upload may be begun, in seconds.',
      default: 600,
      rare: true,
    }),
    templateLifetimeSeconds: wholeNumber({
      group: 'Links',
      min: 240,
      max: 3600,
      help: 'How long a link to all frames of an instance is good, in seconds.',
      default: 3600,
      rare: true,
    }),
    rootLifetimeSeconds: wholeNumber({
      group: 'Links',
      min: 240,
      max: 3600,
      help: 'How long a DICOMweb root for a study or series is good, in seconds.',
      default: 3600,
      rare: true,
    }),
  },
  limits: {
    maxUploadBytes: limit(1, 2 ** 40, 2 ** 31, 'Largest upload that a link may be asked for, in bytes.'),
    maxUploads: limit(1, 1_000, 8, 'Most uploads at one time; more are told to come again.'),
    maxOriginRequests: limit(1, 10_000, 100, 'Most requests to origins that one operation may cost.'),
    maxRows: limit(1, 1_000_000, 100_000, 'Most rows that one operation may read from origins.'),
    maxSignedUrls: limit(1, 1_000_000, 10_000, 'Most links that one operation may mint.'),
    suppressStatisticsBelow: limit(
      1,
      1_000,
      10,
      'Counts of fewer studies are withheld from those without patient-data.',
    ),
    maxCost: limit(1, 1_000_000_000, 1_000_000, 'Most that one operation may be reckoned to cost (docs/limits.md).'),
    maxBodyBytes: limit(1_000, 10_000_000, 100_000, 'Largest body of a request to /graphql, in bytes.'),
    maxHeaderBytes: limit(4_096, 131_072, 16_384, 'Largest head of a request (a link is in it), in bytes.'),
    maxConnections: limit(1, 100_000, 2_000, 'Most connections at one time; more are closed at once.'),
    ...readLimits,
    ...documentLimitSettings,
    ...uploadPaceSettings,
  },

  audit: auditSettings,

  rateLimits: rateLimitSettings,

  payloadCache: payloadCacheSettings,
  rendering: renderingSettings,

  cache: {
    maxBytes: limit(
      0,
      2 ** 34,
      2 ** 26,
      'Size of the answers of origins that are kept for a moment, in bytes; 0: none is.',
    ),
    studyTtlMs: limit(0, 3_600_000, 5_000, 'How old the answer to a search of studies may be, in milliseconds.'),
    seriesTtlMs: limit(0, 3_600_000, 15_000, 'How old the answer to a search of series may be, in milliseconds.'),
    instanceTtlMs: limit(0, 3_600_000, 15_000, 'How old the answer to a search of instances may be, in milliseconds.'),
    metadataTtlMs: limit(0, 3_600_000, 60_000, 'How old metadata may be, in milliseconds.'),
  },

  timeouts: {
    headersMs: timeout(1_000, 120_000, 10_000, 'How long a client may take to send the head of a request.'),
    requestMs: timeout(1_000, 600_000, 30_000, 'How long a client may take to send a whole request.'),
    uploadMs: timeout(1_000, 86_400_000, 3_600_000, 'How long a client may take to send an upload.'),
    keepAliveMs: timeout(1_000, 600_000, 65_000, 'How long an idle connection is kept open.'),
    idleMs: timeout(10_000, 3_600_000, 300_000, 'How long a connection may be silent while an answer is under way.'),
    drainMs: timeout(0, 600_000, 8_000, 'How long answers under way may take to end once asked to stop.'),
  },

  stateFolder: path({
    group: 'Other',
    placeholder: 'DIR',
    help: 'Keeps what links were revoked or used up, and a link key for the demo (default: dicomweb-graphql in $XDG_STATE_HOME or ~/.local/state).',
    default: undefined,
  }),
  logLevel: choice(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
    group: 'Other',
    placeholder: 'LEVEL',
    help: 'Least level of the log on stderr: trace, debug, info, warn, error or silent.',
    default: { demo: 'warn', serve: 'info' },
  }),
} as const satisfies Section;

/** Settings by name, some in sections. */
export interface Section {
  readonly [name: string]: Setting<unknown> | Section;
}

/** The values of a section: what the table's schemas give. */
export type Values<S extends Section> = {
  readonly [Name in keyof S]: S[Name] extends Setting<infer T, unknown>
    ? T
    : S[Name] extends Section
      ? Values<S[Name]>
      : never;
};

export type SettingValues = Values<typeof settings>;

/** What a file may hold: some of the settings, as they are written. */
export type Inputs<S extends Section> = {
  readonly [Name in keyof S]?: S[Name] extends Setting<infer _T, infer Input>
    ? Input | undefined
    : S[Name] extends Section
      ? Inputs<S[Name]>
      : never;
};

/** Settings as a program or a file gives them; `config` is for the command line. */
export type SettingsInput = Omit<Inputs<typeof settings>, 'config'>;

export const isSetting = (entry: Setting<unknown> | Section): entry is Setting<unknown> =>
  entry['schema'] instanceof z.ZodType;

function limit(min: number, max: number, value: number, help: string): Setting<number> {
  return wholeNumber({ group: 'Limits', min, max, help, default: value, rare: true });
}

function timeout(min: number, max: number, value: number, help: string): Setting<number> {
  return wholeNumber({
    group: 'Timeouts',
    placeholder: 'MS',
    min,
    max,
    help: `${help} In milliseconds.`,
    default: value,
    rare: true,
  });
}
