/**
 * What a signed link grants: the tuple that is signed, never a URL. The gateway rebuilds the origin's request from it.
 *
 * Absent parts are `null`, never undefined, so that a grant equals what is read back from its encoding.
 */
export interface LinkGrant {
  /** How it is written, and for whom: {@link LinkVersion}. */
  readonly version: LinkVersion;
  /** Which of the configured keys signed it: 1 to 16 of `A-Z a-z 0-9 _ -`. */
  readonly keyId: string;
  readonly form: LinkForm;
  /** In the order of {@link linkMethods}, without repetition. */
  readonly methods: readonly LinkMethod[];
  /** In the order of {@link linkRepresentations}, without repetition. */
  readonly representations: readonly LinkRepresentation[];
  /** Id of the configured origin. */
  readonly origin: string;
  /** Study Instance UID; null only where an upload may name any. */
  readonly study: string | null;
  readonly series: string | null;
  /** SOP Instance UID. */
  readonly instance: string | null;
  /** The one frame that is granted, from 1. */
  readonly frame: number | null;
  /** Of a template: frames 1 to this are granted. */
  readonly frameCount: number | null;
  /** Of bulk data: where the attribute is in its instance. */
  readonly attributePath: string | null;
  /** Of bulk data: path and query on the origin's host; null where the bytes stand in the metadata (InlineBinary). */
  readonly originPath: string | null;
  /** null: whatever the retrieval gives. */
  readonly mediaType: string | null;
  /** null: as stored. */
  readonly transferSyntaxUID: string | null;
  /** null: nothing asked for beyond the format. */
  readonly rendering: LinkRendering | null;
  /** Of an upload: most bytes it takes. */
  readonly maxBytes: number | null;
  /** Of an upload, which is good once: what makes it another than every other, 32 lower-case hex digits. */
  readonly nonce: string | null;
  /** Seconds since the epoch; not good before. */
  readonly notBefore: number;
  /** Seconds since the epoch; not good from then on. */
  readonly expiresAt: number;
  /** Keyed hash of the principal that it was minted for: 32 lower-case hex digits. */
  readonly subject: string;
  /** Revocation counter at minting. */
  readonly epoch: number;
}

/** 1 readable; 2 encrypted; 3 encrypted, and made for one without patient data, who is given nothing but clean pixels. */
export type LinkVersion = 1 | 2 | 3;

export const isLinkVersion = (version: number): version is LinkVersion =>
  version === 1 || version === 2 || version === 3;

/** Whether the link shows nothing of what it grants: nothing that is sent for it should, beyond the content itself. */
export const isOpaque = ({ version }: Pick<LinkGrant, 'version'>): boolean => version !== 1;

/** Whether it was made for one without patient data: what it leads to was looked at then, and need not be again. */
export const isWithoutPatientData = ({ version }: Pick<LinkGrant, 'version'>): boolean => version === 3;

/** One resource; a template (one signature for every frame of an instance); a DICOMweb root; an upload. */
export type LinkForm = 'resource' | 'template' | 'root' | 'upload';
export const linkForms = ['resource', 'template', 'root', 'upload'] as const satisfies readonly LinkForm[];

export type LinkMethod = 'GET' | 'HEAD' | 'OPTIONS' | 'POST';
export const linkMethods = ['GET', 'HEAD', 'OPTIONS', 'POST'] as const satisfies readonly LinkMethod[];

export type LinkRepresentation = 'NATIVE' | 'FRAMES' | 'RENDERED' | 'THUMBNAIL' | 'BULKDATA' | 'METADATA';
export const linkRepresentations = [
  'NATIVE',
  'FRAMES',
  'RENDERED',
  'THUMBNAIL',
  'BULKDATA',
  'METADATA',
] as const satisfies readonly LinkRepresentation[];

/** Rendering parameters of PS3.18 §8.3.5. */
export interface LinkRendering {
  readonly viewport: LinkViewport | null;
  readonly window: LinkWindow | null;
  /** 1 to 100. */
  readonly quality: number | null;
}

/** Pixels; the image keeps its aspect. A negative source width or height flips. */
export interface LinkViewport {
  readonly width: number;
  readonly height: number;
  readonly sourceX: number | null;
  readonly sourceY: number | null;
  readonly sourceWidth: number | null;
  readonly sourceHeight: number | null;
}

export interface LinkWindow {
  readonly center: number;
  readonly width: number;
  readonly function: LinkVoiFunction;
}

export type LinkVoiFunction = 'linear' | 'linear-exact' | 'sigmoid';
export const linkVoiFunctions = ['linear', 'linear-exact', 'sigmoid'] as const satisfies readonly LinkVoiFunction[];
